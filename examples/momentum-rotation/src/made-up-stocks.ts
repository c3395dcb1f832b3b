import { calendar } from '@onetape/calendar'
import { type BarSeries, barSeries, instrument, seededRandom } from '@onetape/core'

/**
 * Daily bars 2019-2022 of stocks that do not exist, for a run without data. Each drifts up or down for some months at a
 * time, so that there is momentum to follow. The same prices in every process.
 */
export function madeUpStocks(count = 24): readonly BarSeries[] {
  const xnys = calendar('XNYS')
  const sessions = xnys.sessions(xnys.toUtc('2019-01-01', '00:00'), xnys.toUtc('2023-01-01', '00:00'))
  return Array.from({ length: count }, (_, k) => {
    const random = seededRandom(k + 1)
    const around = (size: number): number => (random.next() + random.next() + random.next() - 1.5) * size
    let price = 40 + 160 * random.next()
    let drift = 0
    const rows = sessions.map(({ open: time, close: end }, i) => {
      if (i % 60 === 0) drift = around(0.002)
      const open = cents(price * (1 + around(0.01)))
      const close = cents(open * (1 + drift + around(0.03)))
      const high = cents(Math.max(open, close) * (1 + 0.01 * random.next()))
      const low = cents(Math.min(open, close) * (1 - 0.01 * random.next()))
      price = close
      return { time, end, open, high, low, close, volume: random.int(1_000_000, 3_000_000) }
    })
    const column = (name: keyof (typeof rows)[number]): Float64Array => Float64Array.from(rows, (row) => row[name])
    return barSeries({
      instrument: instrument(`STOCK${k + 1}`),
      interval: '1d',
      columns: {
        time: column('time'),
        end: column('end'),
        open: column('open'),
        high: column('high'),
        low: column('low'),
        close: column('close'),
        volume: column('volume'),
      },
      source: 'made up',
    })
  })
}

function cents(price: number): number {
  return Math.round(price * 100) / 100
}
