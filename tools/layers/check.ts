// Imports go down the layers only: turbo's rules, and that every workspace has one.
import { spawnSync } from 'node:child_process'
import { root } from '../workspaces.ts'
import { tagFaults } from './tag-check.ts'

const faults = tagFaults(root)
for (const fault of faults) console.error(fault)
const { status } = spawnSync('turbo', ['boundaries'], { cwd: root, stdio: 'inherit' })
process.exitCode = faults.length > 0 ? 1 : (status ?? 1)
