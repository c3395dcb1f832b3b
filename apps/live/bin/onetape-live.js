#!/usr/bin/env node
// An old Node would stop at the first file with a syntax error that says nothing to its reader.
const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(`Expected Node 24 or later, found ${process.version}: install it, then run onetape-live again.`)
  process.exit(1)
}
await import('../dist/main.js')
