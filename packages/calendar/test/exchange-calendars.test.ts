import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { calendar, nyseInterruptions } from '../src/index.ts'
import { sharedData } from './shared-data.ts'

const nyse = calendar('XNYS')
const sessionsFile = sharedData('calendars/xnys_sessions_1990_2035.csv.gz', 'all NYSE sessions 1990-2035')
const irregularFile = sharedData('calendars/nyse_irregular_times_pmc_only.csv', 'late opens and halts of the NYSE')

/** Minutes from midnight of `HH:MM`. */
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

const rowsOf = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(','))

// Source: exchange_calendars (Apache-2.0), calendar XNYS.
test.skipIf(sessionsFile === undefined)(
  'every session, open, close and early close is that of exchange_calendars',
  () => {
    const rows = rowsOf(gunzipSync(readFileSync(sessionsFile!)).toString())
    const expected = rows.map(([date, , , open, close, early]) => ({
      date,
      open: Date.parse(open!),
      close: Date.parse(close!),
      earlyClose: early === '1',
    }))
    const found = nyse.sessions(nyse.toUtc('1990-01-01', '00:00'), nyse.toUtc('2035-12-31', '23:59:59.999'))
    expect(expected.length).toBe(11_577)
    expect(found.length).toBe(expected.length)
    expect(found).toEqual(expected)
    console.log(
      `compared with exchange_calendars: ${found.length} sessions, ${found.filter((s) => s.earlyClose).length} early closes`,
    )
  },
)

// Source: pandas_market_calendars (MIT), which has no halts within a day.
test.skipIf(irregularFile === undefined)(
  'late opens and early ends of 15 minutes or more are those of pandas_market_calendars',
  () => {
    const expected = rowsOf(readFileSync(irregularFile!, 'utf8'))
      .filter(([, kind, time]) => (kind === 'open' ? minutes(time!) >= 9 * 60 + 45 : minutes(time!) <= 15 * 60 + 45))
      .map(([date, kind, time]) => `${date} ${kind} ${time}`)
    const found = nyseInterruptions
      .filter(({ kind }) => kind !== 'halt')
      .map(({ date, kind, from, until }) =>
        `${date} ${kind === 'late-open' ? `open ${until}` : `close ${from}`}`.slice(0, -3),
      )
    expect(found.toSorted()).toEqual(expected.toSorted())
    expect(found.length).toBe(6)
  },
)
