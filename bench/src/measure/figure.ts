/** One figure of the benchmark, as `--json` prints it. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** `<=6`, `>=1e6`; '' for figures without one. */
  readonly goal: string
  readonly holds: boolean
}

/** @param goal `<=` or `>=` and a number, or '' */
export function figure(name: string, value: number, unit: string, goal: string): Figure {
  const bound = Number(goal.slice(2))
  const holds = goal === '' || (goal.startsWith('<=') ? value <= bound : value >= bound)
  return { name, value: Number(value.toPrecision(4)), unit, goal, holds }
}

/** The figures for people, one a line. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ['figure', 'value', 'unit', 'goal', ''],
    ...figures.map((f) => [
      f.name,
      f.value.toLocaleString('en-US', { maximumSignificantDigits: 4 }),
      f.unit,
      f.goal,
      f.goal === '' ? '' : f.holds ? 'holds' : 'MISSED',
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 1 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
