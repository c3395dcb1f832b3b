import { expect, test } from 'vitest'
import { chaosRun } from '../src/chaos/chaos-run.ts'

test("fifteen seconds of seeded faults: no order twice, our positions are the gateway's, nothing unhandled", async () => {
  const report = await chaosRun(0.25, 11)
  expect(report.violations).toEqual([])
  expect(report.orders).toBeGreaterThan(10)
  expect(Object.keys(report.faults).length).toBeGreaterThan(0)
}, 90_000)
