import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { classifyRequest, codeEntry, codeTableMarkdown, saysReadOnly } from './classify.ts'
import { CODE_TABLE } from './code-table.ts'
import { IbkrError, isIbkrError } from './ibkr-error.ts'

describe('the table of codes', () => {
  test('has every code once, in ascending order, with an action', () => {
    const codes = CODE_TABLE.map(({ code }) => code)
    expect(codes).toEqual([...new Set(codes)].toSorted((a, b) => a - b))
    for (const { says, action } of CODE_TABLE) {
      expect(says.length).toBeGreaterThan(3)
      expect(action).toMatch(/[.?]$/)
    }
  })

  // Where three clients contradict each other (ib_async, NautilusTrader, Lean), and what each confusion cost.
  test.each([
    // code, new order, modify, cancel
    [110, 'rejected', 'refused', 'refused'],
    [321, 'rejected', 'refused', 'refused'],
    [105, 'rejected', 'refused', 'refused'],
    [201, 'rejected', 'refused', 'refused'],
    [200, 'rejected', 'refused', 'refused'],
    [2102, 'unknown', 'refused', 'refused'],
    [104, 'unknown', 'ended', 'ended'],
    [103, 'unknown', 'unknown', 'refused'],
    [202, 'ended', 'ended', 'ended'],
    [399, 'alive', 'alive', 'alive'],
    [404, 'held', 'alive', 'alive'],
    [10349, 'alive', 'alive', 'alive'], // read as "cancelled" it caused 15 duplicate orders (pysystemtrade#1580)
    [2109, 'alive', 'alive', 'alive'],
    [10147, 'unknown', 'unknown', 'unknown'], // sometimes sent though the cancel worked (ib_insync#690)
    [161, 'unknown', 'unknown', 'unknown'],
    [10243, 'rejected', 'refused', 'refused'],
  ] as const)('%d: new order %s, modify %s, cancel %s', (code, order, modify, cancel) => {
    expect(codeEntry(code)).toMatchObject({ order, modify, cancel })
  })

  test.each([
    [1100, 'offline'],
    [2110, 'offline'],
    [1101, 'restored-lost'],
    [1102, 'restored'],
    [326, 'client-id'],
    [2103, 'farm-down'],
    [2105, 'farm-down'],
    [2157, 'farm-down'],
    [2104, 'farm-up'],
    [2158, 'farm-up'],
    [2119, 'farm-pending'],
    [2108, 'none'],
    [100, 'slow-down'],
  ] as const)('%d means %s for the session', (code, session) => expect(codeEntry(code)?.session).toBe(session))

  test('an unknown code means nothing', () => {
    expect(codeEntry(9_999)).toBeUndefined()
    expect(classifyRequest(9_999, 'whatever')).toBe('unknown')
  })

  test.each([
    [162, 'Historical Market Data Service error message:HMDS query returned no data: AAPL@SMART Trades', 'empty'],
    [162, 'Historical Market Data Service error message:Historical data request pacing violation', 'pacing'],
    [162, 'Historical Market Data Service error message:API historical data query cancelled: 12', 'gone'],
    [162, 'Historical Market Data Service error message:invalid step: 1', 'failed'],
    [322, "Error processing request.-'bO' : cause - Duplicate ticker id", 'retry'],
    [322, 'Error processing request: maximum number of account summary requests', 'failed'],
    [321, "Error validating request.-'bF' : cause - What to show field is missing or incorrect.", 'failed'],
    [420, 'Invalid Real-time Query:Historical data request pacing violation', 'pacing'],
    [420, 'Invalid Real-time Query:No market data permissions for NYSE STK', 'failed'],
    [354, 'Requested market data is not subscribed.', 'failed'],
    [10167, 'Displaying delayed market data.', 'info'],
    [10225, 'Bust event occurred, current subscription is deactivated', 'resubscribe'],
    [300, "Can't find EId with tickerId:1", 'gone'],
  ] as const)('a request answered with %d "%s" is %s', (code, text, verdict) =>
    expect(classifyRequest(code, text)).toBe(verdict),
  )

  test('read-only is told by the text of 321', () => {
    expect(saysReadOnly(321, 'The API interface is currently in Read-Only mode.')).toBe(true)
    expect(saysReadOnly(321, 'Invalid order type was entered')).toBe(false)
  })

  test('the documented table is this one', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/codes.md'), 'utf8')
    expect(page).toContain(codeTableMarkdown())
  })
})

test('an error names the code, what was asked and the way out', () => {
  const error = IbkrError.ofTws(200, 'No security definition has been found for the request', 'the contract of XYZW')
  expect(isIbkrError(error)).toBe(true)
  expect(error.code).toBe('ibkr.200')
  expect(error.handling).toBe('fatal')
  expect(error.message).toMatch(/contract of XYZW.*code 200.*No security definition.*Give exchange/)
  expect(IbkrError.ofTws(9_999, 'new', 'x').message).toContain('not known here')
  expect(IbkrError.own('timeout', 'x').handling).toBe('retry')
  expect(isIbkrError(new Error('x'))).toBe(false)
})
