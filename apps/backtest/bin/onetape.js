#!/usr/bin/env node
// An old Node would stop at the first file with a syntax error that says nothing to its reader.
const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(`Expected Node 24 or later, found ${process.version}: install it, then run onetape again.`)
  process.exit(1)
}
const { enableCompileCache, registerHooks } = await import('node:module')
enableCompileCache()
const { existsSync } = await import('node:fs')
if (existsSync(new URL('../src/main.ts', import.meta.url))) {
  // In the source tree nothing has to be built: every package runs from its sources.
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, '@onetape/source'] }),
  })
  await import('../src/main.ts')
} else await import('../dist/main.js')
