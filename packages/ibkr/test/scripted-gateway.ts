import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** One message as a gateway sends it. */
export function frame(...fields: readonly (string | number)[]): Buffer {
  const payload = Buffer.from(fields.map((field) => `${field}\0`).join(''), 'utf8')
  const head = Buffer.alloc(4)
  head.writeUInt32BE(payload.length)
  return Buffer.concat([head, payload])
}

/** One connection of a client to a {@link ScriptedGateway}. */
export class Peer {
  readonly socket: Socket
  /** Messages of the client after the greeting, as fields. */
  readonly received: string[][] = []
  /** When each of them came, milliseconds. */
  readonly times: number[] = []
  #buffer: Buffer = Buffer.alloc(0)
  #greeted = false
  readonly #script: Script

  constructor(socket: Socket, script: Script) {
    this.socket = socket
    this.#script = script
    socket.setNoDelay(true)
    socket.on('data', (data) => this.#read(data))
    socket.on('error', () => undefined)
  }

  send(...fields: readonly (string | number)[]): void {
    this.socket.write(frame(...fields))
  }

  /** Client id of `startApi`. */
  get clientId(): number {
    return Number(this.received.find(([id]) => id === '71')?.[2])
  }

  /** Requests of one kind. */
  of(id: number): readonly string[][] {
    return this.received.filter((fields) => fields[0] === String(id))
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data])
    if (!this.#greeted) {
      if (this.#buffer.length < 8) return
      const size = this.#buffer.readUInt32BE(4)
      if (this.#buffer.length < 8 + size) return
      this.#buffer = this.#buffer.subarray(8 + size)
      this.#greeted = true
      this.#script.greeted(this)
    }
    while (this.#buffer.length >= 4) {
      const size = this.#buffer.readUInt32BE()
      if (this.#buffer.length < 4 + size) return
      const fields = this.#buffer
        .subarray(4, 3 + size)
        .toString('utf8')
        .split('\0')
      this.#buffer = this.#buffer.subarray(4 + size)
      this.received.push(fields)
      this.times.push(performance.now())
      this.#script.message(this, fields)
    }
  }
}

interface Script {
  greeted(peer: Peer): void
  message(peer: Peer, fields: readonly string[]): void
}

/** What a gateway answers, by the id of the message. */
export type Answers = Readonly<Record<number, (peer: Peer, fields: readonly string[]) => void>>

/** Answers of a gateway that works: handshake and time. */
const usual: Answers = {
  71: (peer) => {
    peer.send(15, 1, 'DU1234567,')
    peer.send(9, 1, 1)
  },
  49: (peer) => peer.send(49, 1, Math.floor(Date.now() / 1000)),
}

/** A TCP server that speaks just the messages that a test gives it. */
export class ScriptedGateway {
  readonly peers: Peer[] = []
  readonly #server: Server
  #answers: Answers
  #greet: (peer: Peer) => void = (peer) => peer.send(193, '20261119 10:00:00 US/Eastern')

  private constructor(server: Server, answers: Answers) {
    this.#server = server
    this.#answers = answers
    server.on('connection', (socket) =>
      this.peers.push(
        new Peer(socket, {
          greeted: (peer) => this.#greet(peer),
          message: (peer, fields) => this.#answers[Number(fields[0])]?.(peer, fields),
        }),
      ),
    )
  }

  static async open(answers: Answers = {}, port = 0): Promise<ScriptedGateway> {
    const server = createServer()
    const gateway = new ScriptedGateway(server, { ...usual, ...answers })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return gateway
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The newest connection. */
  get peer(): Peer {
    const peer = this.peers.at(-1)
    if (peer === undefined) throw new Error('No client has connected.')
    return peer
  }

  answer(answers: Answers): void {
    this.#answers = { ...this.#answers, ...answers }
  }

  greet(greet: (peer: Peer) => void): void {
    this.#greet = greet
  }

  async close(): Promise<void> {
    for (const { socket } of this.peers) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** Waits until `check` gives a value or true; fails after two seconds, naming what was awaited. */
export async function until<T>(what: string, check: () => T | undefined | false): Promise<T> {
  for (let i = 0; i < 800; i++) {
    const found = check()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`Waited in vain: ${what}`)
}
