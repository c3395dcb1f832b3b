import { enableCompileCache } from 'node:module'

// Before anything else is imported: the next start reads the code as compiled by this one.
enableCompileCache()
const { main } = await import('./start.ts')
process.exitCode = await main(process.argv.slice(2))
