import { describe, expect, test } from 'vitest'
import { play } from './scenarios/play.ts'
import { SCENARIOS, scenarioTable } from './scenarios/scenario-table.ts'

describe.each(Object.entries(SCENARIOS))('%s', (_title, scenarios) => {
  test.each(scenarios.map((scenario) => ({ ...scenario, label: `rule ${scenario.rule}: ${scenario.name}` })))(
    '$label',
    (scenario) => expect(play(scenario)).toEqual(scenario.expect),
  )
})

test('the table has a row with its reason for every scenario, and no two of one name', () => {
  const all = Object.values(SCENARIOS).flat()
  expect(all.length).toBeGreaterThan(100)
  expect(new Set(all.map((row) => row.name)).size).toBe(all.length)
  const table = scenarioTable()
  for (const row of all) expect(table).toContain(`| ${row.why} |`)
})
