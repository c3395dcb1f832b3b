import { chaosRun } from '../chaos/chaos-run.ts'
import { numberOf } from './flags.ts'

/** Exit code 1 when something that must hold did not. */
export async function chaosCommand(flags: {
  readonly minutes?: string
  readonly seed?: string
  readonly json?: boolean
}): Promise<void> {
  const report = await chaosRun(numberOf('minutes', flags.minutes ?? '1', 0.1), numberOf('seed', flags.seed ?? '1'))
  if (flags.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  else {
    const { orders, executions, connections, heapMb, faults, violations } = report
    const listed = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`)
    process.stdout.write(
      `${orders} orders, ${executions} executions, ${connections} connections, heap ${heapMb.start} to ${heapMb.end} MB\nfaults: ${listed.join(', ') || 'none'}\n${
        violations.length === 0 ? 'All that must hold held.\n' : `VIOLATED:\n  ${violations.join('\n  ')}\n`
      }`,
    )
  }
  if (!report.ok) process.exitCode = 1
}
