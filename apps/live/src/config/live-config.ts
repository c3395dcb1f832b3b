import { z } from 'zod'

export const CONFIRMATION = 'I understand that this trades real money'

/** What the trader does with working orders and positions when it is asked to stop. */
type ShutdownPolicy = 'leave' | 'cancel' | 'flatten'

/** Everything that can be configured, with every default applied. */
export interface LiveConfig {
  /** `simulator` starts the embedded gateway; `paper` and `live` connect to TWS or IB Gateway. */
  readonly mode: 'simulator' | 'paper' | 'live'
  /** Mode `live` needs {@link CONFIRMATION} here. */
  readonly confirm?: string | undefined
  /** The account that must be among those of the login; required in mode `live`. */
  readonly account?: string | undefined
  /** A file, or the name of a built-in strategy. */
  readonly strategy: string
  readonly params: Readonly<Record<string, string | number | boolean>>
  readonly symbols: readonly string[]
  /** Length of the bars: `5s`, `1m`, `5m`, … Default `5s` in the simulator, else `1m`. */
  readonly interval?: string | undefined
  /** First part of order ids, letters and digits. Default: made of the moment of the first start, then as on the tape. */
  readonly run?: string | undefined
  readonly seed: number
  /** USD that the strategy may use. Default: the account's cash. */
  readonly cash?: number | undefined
  readonly leverage: number
  readonly shortSelling: boolean
  /** Estimate of fees until the broker's own figure arrives. */
  readonly fees: 'ibkr-fixed' | 'ibkr-tiered' | 'none'
  /** Estimated slippage for sizing, basis points. */
  readonly slippageBps: number
  /** `slice` holds bars until all symbols have theirs. */
  readonly hold: 'slice' | 'none'
  /** How long a slice waits for missing bars, milliseconds of market time. */
  readonly graceMs: number
  /** The last bar may be this old before entries are denied, in bar lengths. */
  readonly staleBars: number
  /** Positions in the traded symbols at the first start: `refuse`, or `leave` them beside the strategy's own. */
  readonly foreignPositions: 'refuse' | 'leave'
  /** On SIGINT and SIGTERM. */
  readonly shutdown: ShutdownPolicy
  /** Tape, order ids, health file and logs go here. */
  readonly folder: string
  readonly gateway: {
    readonly host: string
    readonly port?: number | undefined
    readonly clientId: number
  }
  readonly simulator: {
    /** Simulated seconds per second. */
    readonly speed: number
    readonly seed: number
    /** Folder of recorded bars instead of the seeded market. */
    readonly data?: string | undefined
    /** Fault script of the gateway, JSON. */
    readonly faults?: string | undefined
  }
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' }
  readonly health: { readonly everySeconds: number }
  /** Entries are denied in this window around the gateway's daily restart, times of New York. */
  readonly restartWindow?: { readonly from: string; readonly to: string } | undefined
}

const text = z.string().trim().min(1)
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Expected a time as HH:MM')
const port = z.coerce.number().int().min(1).max(65_535)
const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])

/** Refuses unknown keys; numbers may come as text, since environment variables are text. */
export const liveConfigSchema: z.ZodType<LiveConfig> = z.strictObject({
  mode: z.enum(['simulator', 'paper', 'live']).default('simulator'),
  confirm: text.optional(),
  account: text.optional(),
  strategy: text.default('sma-cross'),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  symbols: z
    .union([z.array(text).min(1), text.transform((list) => list.split(',').map((each) => each.trim()))])
    .default(['AAPL']),
  interval: text.regex(/^\d+[smhd]$/, 'Expected a length like 5s, 1m or 1h').optional(),
  run: text.regex(/^[A-Za-z0-9]{1,16}$/, 'Expected 1 to 16 letters and digits').optional(),
  seed: z.coerce.number().int().min(0).default(1),
  cash: z.coerce.number().positive().optional(),
  leverage: z.coerce.number().positive().default(1),
  shortSelling: flag.default(true),
  fees: z.enum(['ibkr-fixed', 'ibkr-tiered', 'none']).default('ibkr-fixed'),
  slippageBps: z.coerce.number().min(0).max(1000).default(5),
  hold: z.enum(['slice', 'none']).default('slice'),
  graceMs: z.coerce.number().int().min(0).default(2000),
  staleBars: z.coerce.number().min(1).default(5),
  foreignPositions: z.enum(['refuse', 'leave']).default('refuse'),
  shutdown: z.enum(['leave', 'cancel', 'flatten']).default('leave'),
  folder: text.default('onetape-live'),
  gateway: z
    .strictObject({
      host: text.default('127.0.0.1'),
      port: port.optional(),
      clientId: z.coerce.number().int().min(0).max(999).default(7),
    })
    .prefault({}),
  simulator: z
    .strictObject({
      speed: z.coerce.number().positive().max(100_000).default(120),
      seed: z.coerce.number().int().min(0).default(1),
      data: text.optional(),
      faults: text.optional(),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  health: z.strictObject({ everySeconds: z.coerce.number().positive().default(30) }).prefault({}),
  restartWindow: z.strictObject({ from: time, to: time }).optional(),
})

/** Every key that exists, by its path: for suggestions, and for the names of environment variables. */
export const CONFIG_KEYS: readonly string[] = [
  'mode',
  'confirm',
  'account',
  'strategy',
  'params',
  'symbols',
  'interval',
  'run',
  'seed',
  'cash',
  'leverage',
  'shortSelling',
  'fees',
  'slippageBps',
  'hold',
  'graceMs',
  'staleBars',
  'foreignPositions',
  'shutdown',
  'folder',
  'gateway.host',
  'gateway.port',
  'gateway.clientId',
  'simulator.speed',
  'simulator.seed',
  'simulator.data',
  'simulator.faults',
  'log.level',
  'health.everySeconds',
  'restartWindow.from',
  'restartWindow.to',
]
