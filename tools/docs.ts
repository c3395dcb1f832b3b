// Writes the generated parts of docs/ anew: `node --conditions=@onetape/source tools/docs.ts`.
// A test says when they are not up to date.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { generatedPages } from './docs/pages.ts'
import { root } from './workspaces.ts'

const pages = generatedPages()
for (const [path, text] of pages) writeFileSync(join(root, path), text)
const { status } = spawnSync('oxfmt', [...pages.keys()], { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
