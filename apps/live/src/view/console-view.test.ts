import { expect, test } from 'vitest'
import { ConsoleView, type TraderStatus, statusLines } from './console-view.ts'

const status: TraderStatus = {
  time: Date.UTC(2026, 8, 16, 14, 30),
  connection: 'connected',
  entries: 'allowed',
  equity: 100_250,
  profit: 250,
  cash: 40_000,
  positions: [
    { symbol: 'AAPL', quantity: 100, mark: 264.5 },
    { symbol: 'MSFT', quantity: 0, mark: 420 },
  ],
  openOrders: 1,
  fills: 3,
  lastBar: NaN,
}

function written(live: boolean): { view: ConsoleView; text: () => string } {
  let text = ''
  const out = { columns: 100, write: (part: string) => ((text += part), true) }
  return { view: new ConsoleView(out as unknown as NodeJS.WriteStream, live), text: () => text }
}

test('the status names what is held, and figures that are not known yet', () => {
  const text = statusLines(status).join('\n')
  expect(text).toContain('P&L +250.00')
  expect(text).toContain('AAPL 100 at 264.50')
  expect(text).not.toContain('MSFT')
  expect(text).toContain('last bar --:--:--')
})

test('piped, there are plain lines and nothing else', () => {
  const { view, text } = written(false)
  view.line(status.time, 'started', 'good')
  view.status(status)
  view.line(status.time, 'filled')
  expect(text()).toBe('14:30:00 started\n14:30:00 filled\n')
})

test('on a terminal a line takes the place of the status, which is drawn again below', () => {
  const { view, text } = written(true)
  view.status(status)
  const before = text().length
  view.line(status.time, 'filled')
  expect(text().slice(before).startsWith('\u001B[4A\u001B[0J')).toBe(true)
})
