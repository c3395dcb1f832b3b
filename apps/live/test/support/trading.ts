import { type Strategy, resolveParams } from '@onetape/core'
import { type Gateway, type GatewayOptions, startGateway } from '@onetape/ibkr-simulator'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemTiming } from '@onetape/ibkr'
import { type LiveConfig, liveConfigSchema } from '../../src/config/live-config.ts'
import { EMBEDDED_START } from '../../src/link/embedded-gateway.ts'
import { type IbkrLink, openIbkrLink } from '../../src/link/ibkr-link.ts'
import { noLog } from '../../src/log/live-log.ts'
import { FileTape } from '../../src/tape/file-tape.ts'
import { Trader } from '../../src/trader/trader.ts'
import type { View } from '../../src/view/console-view.ts'

/** A trader with all that belongs to it, in this process. */
export interface Trading {
  readonly trader: Trader
  readonly link: IbkrLink
  readonly tape: FileTape
  readonly lines: string[]
  /** Ends it as a crash would: nothing is cancelled, nothing said. */
  crash(): Promise<void>
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'onetape-live-'))
}

/** A seeded market at a speed that gives a bar of five seconds every 40 ms. */
export async function seededGateway(options: GatewayOptions = {}): Promise<Gateway> {
  return await startGateway({ speed: 120, start: EMBEDDED_START, symbols: ['AAPL', 'MSFT'], paced: false, ...options })
}

/** Starts trading against a gateway. */
export async function trade(
  gateway: Gateway,
  strategy: Strategy,
  folder: string,
  settings: Partial<Record<keyof LiveConfig, unknown>> = {},
  params: Record<string, unknown> = {},
): Promise<Trading> {
  const now = (): number => gateway.now()
  const tape = new FileTape(join(folder, 'tape.ndjson'))
  const lines: string[] = []
  const view: View = { line: (_, text) => void lines.push(text), status: () => undefined }
  let link: IbkrLink | undefined
  try {
    link = await openIbkrLink({
      config: { mode: 'paper' },
      host: '127.0.0.1',
      port: gateway.port,
      clientId: 7,
      folder,
      now,
      timing: { ...systemTiming, now },
      patience: { handshakeMs: 2_000, heartbeatMs: 1_000, heartbeatDeadlineMs: 1_000, backOffMs: 100 },
    })
    const config = liveConfigSchema.parse({ symbols: ['AAPL'], folder, graceMs: 240_000, ...settings })
    const trader = await Trader.start({
      config,
      strategy,
      params: resolveParams(strategy.name, strategy.params, params),
      interval: '5s',
      link,
      tape,
      folder,
      log: noLog,
      view,
    })
    const opened = link
    return {
      trader,
      link,
      tape,
      lines,
      async crash() {
        trader.abandon()
        await opened.close()
        tape.close()
      },
    }
  } catch (error) {
    await link?.close()
    tape.close()
    throw error
  }
}
