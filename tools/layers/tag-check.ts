import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readJson, workspaces } from '../workspaces.ts'

interface TurboRoot {
  readonly boundaries: { readonly tags: Readonly<Record<string, unknown>> }
}

/**
 * What is wrong with the layer tags of the workspaces in `at`; empty when all is well.
 * turbo applies no rule to a package without a rule tag, so that one without would pass everything.
 */
export function tagFaults(at: string): string[] {
  const rules = Object.keys((readJson(join(at, 'turbo.json')) as TurboRoot).boundaries.tags)
  const faults: string[] = []
  for (const { dir, manifest } of workspaces(at)) {
    const file = join(at, dir, 'turbo.json')
    const tags = existsSync(file) ? ((readJson(file) as { tags?: string[] }).tags ?? []) : []
    const found = tags.filter((tag) => rules.includes(tag))
    if (found.length !== 1)
      faults.push(
        `${dir}/turbo.json: Expected exactly one of the rule tags ${rules.join(', ')}, ` +
          `found ${found.length === 0 ? 'none' : found.join(' and ')}.`,
      )
    if (manifest.dependencies?.['@onetape/testkit'] !== undefined)
      faults.push(`${dir}/package.json: Expected @onetape/testkit in devDependencies only, found it in dependencies.`)
  }
  return faults
}
