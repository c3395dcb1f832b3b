import type { LiveConfig } from '../config/live-config.ts'
import { type IbkrLink, openIbkrLink } from '../link/ibkr-link.ts'

/** One thing that was looked at. `bad` must be changed, `note` should be known. */
export interface Finding {
  readonly name: string
  readonly verdict: 'good' | 'note' | 'bad'
  readonly found: string
  /** What to change, and where. */
  readonly advice?: string | undefined
}

export interface CheckOptions {
  readonly config: Pick<LiveConfig, 'mode' | 'account' | 'symbols'>
  readonly host: string
  readonly port: number
  readonly clientId: number
  /** How long to wait for the connection, and for the first bar of a stream, milliseconds. */
  readonly connectMs?: number | undefined
  readonly streamMs?: number | undefined
}

const LEAST_VERSION = 157
const DRIFT_MS = 2_000

/**
 * Looks at a TWS or Gateway over the wire: connection, version, account, clock, orders (by a what-if, which places
 * nothing), contracts, market data and history. What cannot be read over the wire is advice.
 */
export async function checkGateway(options: CheckOptions): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const add = (verdict: Finding['verdict'], name: string, found: string, advice?: string): void =>
    void findings.push({ name, verdict, found, ...(advice === undefined ? {} : { advice }) })
  const messages: string[] = []
  let link: IbkrLink
  const began = performance.now()
  try {
    link = await openIbkrLink({ ...options, connectMs: options.connectMs ?? 10_000 })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    add('bad', 'connection', text, connectionAdvice(text, options))
    return findings
  }
  link.notices.subscribe({ next: ({ message }) => void messages.push(message) })
  try {
    add('good', 'connection', `${options.host}:${options.port} in ${Math.round(performance.now() - began)} ms`)
    const version = link.session.serverVersion
    if (version >= LEAST_VERSION) add('good', 'version', `server version ${version}`)
    else add('bad', 'version', `server version ${version}`, 'Install a newer TWS or Gateway.')
    await checkAccount(link, options, add)
    await checkClock(link, add)
    for (const symbol of options.config.symbols) await checkSymbol(link, symbol, options.streamMs ?? 12_000, add)
    await checkOrders(link, options, add)
    adviseRestart(add)
  } finally {
    await link.close()
  }
  return findings
}

type Add = (verdict: Finding['verdict'], name: string, found: string, advice?: string) => void

function connectionAdvice(text: string, { port }: CheckOptions): string {
  if (text.includes('client id')) return 'Another program uses this client id: stop it, or choose another --client-id.'
  if (/ECONNREFUSED|refused/i.test(text))
    return `Nothing listens on port ${port}: start TWS or Gateway and log in; in its API settings switch "Enable ActiveX and Socket Clients" on (TWS) and compare the socket port: TWS 7497 paper, 7496 live; Gateway 4002 paper, 4001 live.`
  if (text.includes('handshake'))
    return 'The port takes connections and does not answer: look for a dialogue in TWS that asks to accept the connection, and add this machine to "Trusted IPs".'
  if (text.includes('account')) return 'Log in with the user of the account that is configured.'
  return 'Look at TWS: is it logged in, is this machine among its "Trusted IPs", and is "Allow connections from localhost only" off for other machines?'
}

async function checkAccount(link: IbkrLink, { config }: CheckOptions, add: Add): Promise<void> {
  const paper = link.account.startsWith('D')
  if (config.mode === 'live' && paper)
    add('bad', 'account', `${link.account} is a paper account`, 'Mode live means a real account: use mode paper.')
  else add('good', 'account', `${link.account} (${paper ? 'paper' : 'real money'})`)
  const account = await link.broker.getAccount()
  if (account.kind === 'unknown') add('bad', 'balance', account.detail, 'Account data did not arrive: log in again.')
  else add('good', 'balance', `cash ${account.value.cash.toFixed(2)}, equity ${account.value.equity.toFixed(2)} USD`)
  const [positions, open] = [await link.broker.getPositions(), await link.broker.getOpenOrders()]
  if (positions.kind === 'known')
    add(positions.value.length === 0 ? 'good' : 'note', 'positions', `${positions.value.length} positions`)
  else add('bad', 'positions', positions.detail, 'Positions could not be read.')
  if (open.kind === 'known')
    add(open.value.length === 0 ? 'good' : 'note', 'open orders', `${open.value.length} open orders`)
  else add('bad', 'open orders', open.detail, 'Open orders could not be read.')
}

async function checkClock(link: IbkrLink, add: Add): Promise<void> {
  await link.session.settled()
  const drift = link.session.clockOffsetMs
  if (Math.abs(drift) <= DRIFT_MS) add('good', 'clock', `gateway's clock minus ours: ${Math.round(drift)} ms`)
  else
    add(
      'bad',
      'clock',
      `gateway's clock minus ours: ${Math.round(drift)} ms`,
      'Switch time synchronisation (NTP) on, on both machines.',
    )
}

async function checkSymbol(link: IbkrLink, symbol: string, streamMs: number, add: Add): Promise<void> {
  try {
    const spec = await link.feed.getTickerInfo(symbol)
    add('good', `contract ${symbol}`, `${spec.exchange}, calendar ${spec.calendar}, lot ${spec.lot}`)
  } catch (error) {
    return add('bad', `contract ${symbol}`, messageOf(error), 'Correct the symbol, or state the contract.')
  }
  try {
    const to = link.now()
    const bars = await link.feed.getHistoricalData({ symbol, interval: '1m', from: to - 4 * 86_400_000, to })
    if (bars.length > 0) add('good', `history ${symbol}`, `${bars.length} minute bars of the last days`)
    else add('note', `history ${symbol}`, 'no bars', 'No trading in the last days, or no permission for its history.')
  } catch (error) {
    add(
      'bad',
      `history ${symbol}`,
      messageOf(error),
      'Historical data need a market-data subscription for the exchange (Client Portal, Settings, Market Data Subscriptions), and API users must have acknowledged the API status there.',
    )
  }
  await checkStream(link, symbol, streamMs, add)
}

/** Waits for one bar; outside trading hours none comes. */
async function checkStream(link: IbkrLink, symbol: string, streamMs: number, add: Add): Promise<void> {
  let refused = ''
  const heard = Promise.withResolvers<boolean>()
  const events = link.feed.events.subscribe({
    next: (event) => {
      if (event.kind === 'bar' && event.symbol === symbol) heard.resolve(true)
    },
  })
  const notices = link.notices.subscribe({
    next: ({ code, message }) => {
      if (/ibkr\.(354|420|10089|10168|10186|10190|10197|162|200)$/.test(code)) {
        refused = message
        heard.resolve(false)
      }
    },
  })
  const timer = setTimeout(() => heard.resolve(false), streamMs)
  try {
    await link.feed.subscribe(symbol, '5s')
    const came = await heard.promise
    if (came) add('good', `stream ${symbol}`, 'five-second bars arrive')
    else if (refused === '')
      add(
        'note',
        `stream ${symbol}`,
        `no bar within ${streamMs / 1000} s`,
        'Normal while the market is closed; else look at the market-data subscriptions.',
      )
    else
      add(
        'bad',
        `stream ${symbol}`,
        refused,
        "Subscribe to the exchange's real-time data for this user (paper users share those of the live user, once that is switched on); close other sessions of the user that take the data.",
      )
  } catch (error) {
    add('bad', `stream ${symbol}`, messageOf(error))
  } finally {
    clearTimeout(timer)
    events.unsubscribe()
    notices.unsubscribe()
    await link.feed.unsubscribe(symbol, '5s').catch(() => undefined)
  }
}

/** A what-if order goes the way of a real one and is never placed: a read-only API refuses it. */
async function checkOrders(link: IbkrLink, { config }: CheckOptions, add: Add): Promise<void> {
  const [symbol] = config.symbols
  const resolved = await link.feed.getTickerInfo(symbol!).catch(() => undefined)
  if (resolved === undefined) return
  const answer = await link.broker.checkBuyingPower({
    instrument: { ...resolved, id: 0 as never },
    side: 'buy',
    type: 'market',
    quantity: resolved.lot,
  })
  const readOnlyAdvice = 'In the API settings switch "Read-Only API" off, and restart the connection.'
  if (link.session.readOnly) add('bad', 'orders', 'the API is read-only', readOnlyAdvice)
  else if (answer.kind === 'unknown')
    add(
      'bad',
      'orders',
      answer.detail,
      `Orders are not taken. ${readOnlyAdvice} Under "Precautions" switch "Bypass Order Precautions for API Orders" on, else each order waits for a click.`,
    )
  else
    add(
      'good',
      'orders',
      `a what-if of ${resolved.lot} ${symbol} needs ${answer.value.required.toFixed(2)} of ${answer.value.available.toFixed(2)} USD`,
    )
}

function adviseRestart(add: Add): void {
  add(
    'note',
    'restart',
    'not readable over the wire',
    'Set "Auto restart" (not "Auto logoff") under Lock and Exit, at a time outside your sessions, and the same as restartWindow in the configuration; once a week, on Sunday, TWS asks for a log-in by hand.',
  )
  add(
    'note',
    'time zone',
    'not readable over the wire',
    'Log in with the zone America/New_York, so that times without a zone are read right.',
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
