import type { Socket } from 'node:net'
import { type ClientMessage, FrameError, FrameReader, frame, splitFields } from '../wire/frame.ts'

/** What a connection hands on. */
export interface ConnectionListener {
  /** The client's version range, `v100..193`, and its connect options. */
  hello(connection: Connection, text: string): void
  /** A message after the handshake. */
  message(connection: Connection, message: ClientMessage): void
  /** Bytes that are no frame: the connection ends. */
  badBytes(connection: Connection, error: FrameError): void
  closed(connection: Connection): void
  /** Messages are about to leave. */
  beforeWrite(): void
}

/** Messages of data that may be left out when a client does not read: ticks, bars, P&L. */
const DROPPABLE = new Set(['1', '2', '45', '46', '50', '90', '99', '94', '95'])
/**
 * Bytes not yet read by the client beyond which data is left out and no more is read from it, and beyond which the
 * connection is given up.
 */
const DATA_BACKLOG = 16 * 1024 * 1024
const MOST_BACKLOG = 128 * 1024 * 1024
/** Milliseconds of wall time that one client's messages may take before the others have their turn. */
const TURN_MS = 20

/** Why a client is not read from: a fault, its messages wait, it does not read its answers, others have their turn. */
type Hold = 'fault' | 'queue' | 'answers' | 'turn'

/** One client's TCP connection: frames in, frames out. Knows nothing of what they mean. */
export class Connection {
  readonly socket: Socket
  serverVersion: number = 0
  /** −1 until startApi. */
  clientId: number = -1
  /** Asked to be slowed down instead of refused beyond the rate of messages. */
  pacing: boolean = false
  /** Messages sent, and those left out because the client did not read. */
  sent: number = 0
  dropped: number = 0
  readonly #reader = new FrameReader()
  readonly #listener: ConnectionListener
  #helloSeen: boolean = false
  #out: Buffer[] = []
  #outBytes: number = 0
  #flushing: boolean = false
  readonly #holds: Set<Hold> = new Set()
  #handling: boolean = false
  #writesStalled: boolean = false
  #halfOpen: boolean = false
  #ending: boolean = false
  #closed: boolean = false

  constructor(socket: Socket, listener: ConnectionListener) {
    this.socket = socket
    this.#listener = listener
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('drain', () => this.#hold('answers', this.#backlog() > DATA_BACKLOG))
    socket.on('close', () => {
      if (this.#closed) return
      this.#closed = true
      listener.closed(this)
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Queues a message; all that is queued goes out in one write at the end of the turn. */
  send(fields: readonly string[]): void {
    if (this.#closed || this.#ending || this.#halfOpen) return
    if (DROPPABLE.has(fields[0]!) && this.#backlog() > DATA_BACKLOG) {
      this.dropped++
      return
    }
    const bytes = frame(fields)
    this.sent++
    this.#out.push(bytes)
    this.#outBytes += bytes.length
    if (this.#outBytes > 65_536) this.flush()
    else if (!this.#flushing) {
      this.#flushing = true
      queueMicrotask(() => this.flush())
    }
    if (this.#backlog() > MOST_BACKLOG) this.drop('rst')
    else if (this.#backlog() > DATA_BACKLOG) this.#hold('answers', true)
  }

  /** Bytes as they are, for malformed frames. */
  sendRaw(bytes: Buffer): void {
    this.flush()
    if (!this.#closed && !this.#ending && !this.#halfOpen) this.socket.write(bytes)
  }

  flush(): void {
    this.#flushing = false
    if (this.#writesStalled || this.#out.length === 0) return
    const bytes = this.#out.length === 1 ? this.#out[0]! : Buffer.concat(this.#out)
    this.#out = []
    this.#outBytes = 0
    if (this.#closed) return
    this.#listener.beforeWrite()
    this.socket.write(bytes)
    this.#hold('answers', this.#backlog() > DATA_BACKLOG)
  }

  /** Resolves when the operating system has taken all that was sent. */
  async flushed(): Promise<void> {
    this.flush()
    if (this.#closed || this.#writesStalled || this.socket.writableLength === 0) return
    await new Promise<void>((resolve) => {
      // An empty write is called back after all writes before it, also when the connection ends.
      this.socket.write('', () => resolve())
    })
  }

  /**
   * Ends the connection: politely, or with a reset. What is queued is lost with a reset. Nothing is read or sent from
   * here on.
   */
  drop(how: 'fin' | 'rst'): void {
    if (how === 'rst') {
      if (this.socket.connecting) this.socket.destroy()
      else this.socket.resetAndDestroy()
      return
    }
    if (this.#ending) return
    this.flush()
    this.#ending = true
    this.socket.end()
    // A client that keeps its half open must not hold the connection for ever.
    setTimeout(() => this.socket.destroy(), 500).unref()
  }

  /** From now on the peer hears nothing more and what it says is lost; no FIN, no RST. */
  halfOpen(): void {
    this.#halfOpen = true
    this.#out = []
    this.#outBytes = 0
  }

  stallReads(stalled: boolean): void {
    this.#hold('fault', stalled)
  }

  /** True while the client's messages wait to be handled: it is not read any further then. */
  set queueFull(full: boolean) {
    this.#hold('queue', full)
  }

  /** While anything holds it, nothing is read or handled. */
  #hold(why: Hold, held: boolean): void {
    if (this.#holds.has(why) === held) return
    if (held) {
      this.#holds.add(why)
      this.socket.pause()
    } else if (this.#holds.delete(why) && this.#holds.size === 0) {
      this.socket.resume()
      this.#handle()
    }
  }

  stallWrites(stalled: boolean): void {
    this.#writesStalled = stalled
    if (!stalled) this.flush()
  }

  #backlog(): number {
    return this.socket.writableLength + this.#outBytes
  }

  #take(chunk: Buffer): void {
    if (this.#halfOpen || this.#ending) return
    this.#reader.push(chunk)
    this.#handle()
  }

  /** Hands on whole messages, in order, for as long as it is this client's turn. */
  #handle(): void {
    if (this.#handling) return
    this.#handling = true
    try {
      this.#handleTurn()
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#listener.badBytes(this, error)
      this.drop('rst')
    } finally {
      this.#handling = false
    }
  }

  #handleTurn(): void {
    const until = performance.now() + TURN_MS
    while (this.#holds.size === 0 && !this.#closed && !this.#ending && !this.#halfOpen) {
      const payload = this.#reader.next()
      if (payload === undefined) return
      if (this.#helloSeen) this.#listener.message(this, { fields: splitFields(payload), payload })
      else {
        this.#helloSeen = true
        this.#listener.hello(this, payload.toString('latin1').replace(/\0+$/, ''))
      }
      if (performance.now() < until) continue
      this.#hold('turn', true)
      setImmediate(() => this.#hold('turn', false))
    }
  }
}
