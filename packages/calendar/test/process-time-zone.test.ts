import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Sessions, dates and a conversion of every year, as one number, made in a process of its own. */
const program = `
  import { calendar, zonedToUtc } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))}
  const nyse = calendar('XNYS')
  let digest = 0
  const add = (n) => { digest = (digest * 31 + n) % 4294967291 }
  for (const s of nyse.sessions(nyse.toUtc('1990-01-01', '00:00'), nyse.toUtc('2035-12-31', '23:59'))) {
    add(s.open / 1000); add(s.close / 1000)
    for (const c of s.date + nyse.dateOf(s.close) + calendar('24/7').dateOf(s.close)) add(c.charCodeAt(0))
  }
  for (let y = 1990; y <= 2035; y++) add(zonedToUtc('America/New_York', y, 3, 10, 9000000) / 1000)
  console.log(new Date(2024, 0, 1).getTimezoneOffset() + ' ' + digest)
`

test('answers do not depend on the time zone of the process', () => {
  const answers = ['UTC', 'Asia/Tokyo', 'America/New_York', 'America/St_Johns'].map((TZ) =>
    execFileSync(
      process.execPath,
      ['--conditions=@onetape/source', '--input-type=module-typescript', '--eval', program],
      { env: { ...process.env, TZ, NODE_OPTIONS: '' }, encoding: 'utf8' },
    )
      .trim()
      .split(' '),
  )
  expect(answers.map(([offset]) => offset)).toEqual(['0', '-540', '300', '210']) // the processes do differ
  expect(new Set(answers.map(([, digest]) => digest)).size).toBe(1)
  expect(Number(answers[0]?.[1])).toBeGreaterThan(0)
})
