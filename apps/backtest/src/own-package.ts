/** Where a package of ours is that a strategy file imports: the copy that this command line runs with. */
export function ownPackage(specifier: string): string {
  return import.meta.resolve(specifier)
}
