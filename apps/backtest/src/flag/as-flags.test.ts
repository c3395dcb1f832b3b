import { expect, test } from 'vitest'
import { asFlags } from './as-flags.ts'

test.each([
  ["leave bad rows out with onBadRow: 'drop'.", 'leave bad rows out with --on-bad-row drop.'],
  [
    "leave them out with offSession: 'drop' (--off-session drop), or give calendar: '24/7'.",
    'leave them out with --off-session drop, or give --calendar 24/7.',
  ],
  ['read it with sort: true (--sort).', 'read it with --sort.'],
  ["interval: '1m' (--interval 1m)", '--interval 1m'],
  ['Use prices: "raw", or data', 'Use --prices raw, or data'],
  ['Expected prices > 0, found low -1', 'Expected prices > 0, found low -1'],
])('%s', (library, commandLine) => expect(asFlags(library)).toBe(commandLine))
