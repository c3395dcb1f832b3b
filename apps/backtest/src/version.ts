import { readFileSync } from 'node:fs'

/** Version of this package, the one of all packages of a release. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
