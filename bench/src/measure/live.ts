import { type Figure, figure } from './figure.ts'
import { probe } from './process.ts'
import { median } from './sample.ts'

interface Latency {
  readonly p50: number
  readonly p99: number
  readonly bytesP50: number
  readonly diskP50: number
  readonly diskP99: number
  readonly burstMs: number
  readonly mostInASecond: number
}

interface Flood {
  readonly messagesPerSecond: number
  readonly lost: number
  readonly dropped: number
  readonly heapGrowthMb: number
  readonly mostInASecond: number
}

interface Download {
  readonly blockMs: number
  readonly mostInASecond: number
}

/**
 * The live trader against a Gateway in another process. Latencies are the median of the processes: the tail is that of
 * the machine's disk and scheduler.
 *
 * @param quick one process each, and a short flood
 */
export function liveFigures(processes: number, quick: boolean): readonly Figure[] {
  const count = quick ? 1 : processes
  const argument = quick ? ['quick'] : []
  const latencies = Array.from({ length: count }, () => probe('live-latency', ...argument) as Latency)
  const flood = probe('live-flood', ...argument) as Flood
  const downloads = Array.from({ length: count }, () => probe('live-history') as Download)
  const middle = (of: (latency: Latency) => number): number => median(latencies.map(of))
  const most = Math.max(...[...latencies, flood, ...downloads].map((run) => run.mostInASecond))
  const block = Math.max(...downloads.map((run) => run.blockMs))
  const p50 = middle((run) => run.p50)
  const p99 = middle((run) => run.p99)
  const diskP50 = middle((run) => run.diskP50)
  const diskP99 = middle((run) => run.diskP99)
  const bytes = middle((run) => run.bytesP50)
  const burst = middle((run) => run.burstMs)
  return [
    figure('live.bar_to_bytes_p50_ms', p50, 'ms', '<=1'),
    figure('live.bar_to_bytes_p99_ms', p99, 'ms', '<=5'),
    figure('live.disk_p50_ms', diskP50, 'ms', ''),
    figure('live.disk_p99_ms', diskP99, 'ms', ''),
    figure('live.arrival_to_bytes_p50_ms', bytes, 'ms', ''),
    figure('live.burst_100_orders_ms', burst, 'ms', ''),
    figure('live.messages_per_second', flood.messagesPerSecond, 'messages/s', '>=20000'),
    figure('live.dropped_messages', flood.dropped, 'messages', '<=0'),
    figure('live.lost_order_events', flood.lost, 'events', '<=0'),
    figure('live.heap_growth_mb', flood.heapGrowthMb, 'MiB', '<=16'),
    figure('live.most_messages_in_a_second', most, 'messages', '<=50'),
    figure('live.history_20000_block_ms', block, 'ms', '<=50'),
  ]
}
