import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A client of the tests' own: speaks the protocol with nothing in between, and keeps all it hears. */
export class WireClient {
  readonly socket: Socket
  readonly heard: string[][] = []
  closed: boolean = false
  #held: Buffer = Buffer.alloc(0)
  #wake: (() => void)[] = []

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.setNoDelay(true)
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.closed = true
      this.#stir()
    })
    this.socket.on('data', (chunk: Buffer) => {
      this.#held = Buffer.concat([this.#held, chunk])
      while (this.#held.length >= 4 && this.#held.length >= 4 + this.#held.readUInt32BE(0)) {
        const end = 4 + this.#held.readUInt32BE(0)
        this.heard.push(
          this.#held
            .subarray(4, end - 1)
            .toString('latin1')
            .split('\0'),
        )
        this.#held = this.#held.subarray(end)
      }
      this.#stir()
    })
  }

  /** Connects and starts the API. */
  static async start(port: number, clientId: number, range = 'v100..193'): Promise<WireClient> {
    const client = new WireClient(port)
    await client.hello(range)
    client.send('71', '2', String(clientId), '')
    await client.until((m) => m[0] === '9')
    await client.sync()
    return client
  }

  async hello(range: string): Promise<string[]> {
    await once(this.socket, 'connect')
    this.socket.write(Buffer.concat([Buffer.from('API\0'), framed(Buffer.from(range))]))
    return await this.until(() => true)
  }

  send(...fields: (string | number)[]): void {
    this.socket.write(framed(Buffer.from(`${fields.join('\0')}\0`)))
  }

  /** The first message, of those heard since `from`, that fits. */
  async until(fits: (message: string[]) => boolean, from = 0, timeoutMs = 5000): Promise<string[]> {
    const deadline = Date.now() + timeoutMs
    for (let at = from; ;) {
      for (; at < this.heard.length; at++) if (fits(this.heard[at]!)) return this.heard[at]!
      if (this.closed) throw new Error('The connection ended while a message was awaited')
      if (Date.now() > deadline) throw new Error(`No such message; heard ${JSON.stringify(this.heard.slice(-5))}`)
      await this.#stirred(50)
    }
  }

  /** Resolves when everything that was sent has been answered. */
  async sync(): Promise<void> {
    const from = this.heard.length
    this.send('49', '1')
    await this.until((m) => m[0] === '49', from)
  }

  async end(): Promise<void> {
    const deadline = Date.now() + 5000
    while (!this.closed && Date.now() < deadline) await this.#stirred(50)
  }

  /** What was heard of some kinds, in order, since the last call. */
  take(...ids: string[]): string[][] {
    const all = this.heard.splice(0)
    return ids.length === 0 ? all : all.filter((m) => ids.includes(m[0]!))
  }

  close(): void {
    this.socket.destroy()
  }

  #stir(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }

  async #stirred(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

export function framed(payload: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(payload.length)
  return Buffer.concat([length, payload])
}

/** The twelve fields of a stock. */
export function stock(symbol: string): string[] {
  return ['0', symbol, 'STK', '', '0.0', '', '', 'SMART', '', 'USD', '', '']
}

export interface TestOrder {
  readonly action?: string
  readonly quantity?: number
  readonly type?: string
  readonly limit?: number | ''
  readonly aux?: number | ''
  readonly tif?: string
  readonly oca?: string
  readonly ref?: string
  readonly transmit?: boolean
  readonly parent?: number
  readonly outsideRth?: boolean
  readonly whatIf?: boolean
  readonly account?: string
  readonly trailStop?: number | ''
  readonly trailPercent?: number | ''
  readonly goodTill?: string
  readonly goodAfter?: string
  readonly conditions?: readonly (string | number)[]
  readonly limitOffset?: number | ''
  /** Strategy, number of parameters, tag and value of each. */
  readonly algo?: readonly (string | number)[]
}

/** placeOrder, as the official client sends it at a server version. */
export function placeOrder(orderId: number, symbol: string, o: TestOrder, serverVersion = 193): string[] {
  const max = '1.7976931348623157e+308'
  const since = (version: number, ...fields: string[]): string[] => (serverVersion >= version ? fields : [])
  const rfq = serverVersion >= 187 && serverVersion <= 189
  const text = [
    ['3', orderId, ...stock(symbol), '', ''],
    [o.action ?? 'BUY', o.quantity ?? 100, o.type ?? 'MKT', o.limit ?? '', o.aux ?? ''],
    [o.tif ?? 'DAY', o.oca ?? '', o.account ?? '', '', '0', o.ref ?? '', flag(o.transmit ?? true), o.parent ?? 0],
    ['0', '0', '0', '0', flag(o.outsideRth ?? false), '0'],
    ['', '0', o.goodAfter ?? '', o.goodTill ?? '', '', '', '', ...(serverVersion < 177 ? [''] : []), ''],
    ['0', '', '-1', '0', '', '', '0', '', '', '0', '0', '', '0', '', '', '', '', '', '0'],
    ['', '', '', ''],
    ['0', '', o.trailStop ?? '', o.trailPercent ?? '', '', '', ''],
    ['', '', '', '', '0', '', '', '0', '0', ...(o.algo ?? ['']), '', flag(o.whatIf ?? false), '', '0', '0', '0'],
    [...(o.conditions ?? ['0'])],
    ['', max, o.limitOffset ?? max, max, max, max, '0', '', '', '', max, '', '', '', '', '0', '0', '0', ''],
    [...since(158, ''), ...since(160, ''), ...since(162, '0'), ...since(166, ''), ...since(169, '')],
    [...since(183, ''), ...since(184, '0'), ...(rfq ? ['', '2147483647'] : [])],
    [...since(189, '0'), ...since(192, '2147483647')],
  ]
  return text.flat().map(String)
}

function flag(value: boolean): string {
  return value ? '1' : '0'
}
