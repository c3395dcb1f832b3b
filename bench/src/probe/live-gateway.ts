// The other end of the live probes: a Gateway in a process of its own, with options as its argument, moved by messages.
import { type GatewayOptions, startGateway } from '@onetape/ibkr-simulator'

/** What a probe asks for: time to move on to, or nothing but the state. */
export interface GatewayAsk {
  readonly time?: number
}

export interface GatewayAnswer {
  readonly port: number
  readonly time: number
  /** Messages sent to the client, and those left out because it did not read. */
  readonly sent: number
  readonly dropped: number
  readonly executions: readonly string[]
  readonly positions: Readonly<Record<string, number>>
}

if (process.send !== undefined) {
  const gateway = await startGateway(JSON.parse(process.argv[2]!) as GatewayOptions)
  const tell = (): void => {
    const { time, sent, dropped, executions, accounts } = gateway.state()
    const answer: GatewayAnswer = {
      port: gateway.port,
      time,
      sent,
      dropped,
      executions: executions.map(({ execId }) => execId),
      positions: Object.fromEntries(accounts.flatMap((a) => a.positions.map((p) => [p.symbol, p.quantity]))),
    }
    process.send!(answer)
  }
  gateway.onEvent((event) => {
    if (event.kind === 'bad-frame') console.error(`Bad frame: ${event.reason}`)
    if (event.kind === 'failure') console.error(event.error)
  })
  process.on('message', ({ time }: GatewayAsk) => {
    if (time === undefined) tell()
    else void gateway.advanceTo(time).then(tell)
  })
  process.on('disconnect', () => process.exit())
  tell()
}
