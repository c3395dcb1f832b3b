import type { Socket } from 'node:net'
import { IBApi } from '@stoqey/ib'
import { type BadFrame, FrameReader, readable } from './frame-reader.ts'

/** What a link is made of. */
export interface LinkOptions {
  readonly host: string
  readonly port: number
  readonly clientId: number
}

/** The parts of the client's inside that are taken hold of here, and nowhere else; its version is pinned exactly. */
interface Inside {
  readonly controller: {
    readonly socket: {
      client?: Socket
      dataFragment: string
      onData(data: Buffer): void
      onMessage(text: string): void
    }
    readonly decoder: { dataQueue: unknown[] }
  }
}

/** One connection, never used again after it is lost. */
export interface Link {
  readonly api: IBApi
  /** The message being read, once: the client reports some of those that it cannot decode twice. */
  unreported(): string | undefined
  /** Bytes handed over that the operating system has not taken. */
  unsent(): number
  /** Sends small messages at once, and lets the operating system look for dead peers. */
  tune(): void
}

/**
 * A client whose reading of bytes is replaced: a length below zero would make its own loop run for ever, a bad field
 * would throw inside the socket's handler, and what is left of a bad message would be read as part of the next.
 * Its rate limit is lifted, since it keeps what it holds back and sends it over a later connection.
 */
export function openLink(options: LinkOptions, bad: (frame: BadFrame) => void): Link {
  const api = new IBApi({ ...options, maxReqPerSec: 100_000 })
  const { socket, decoder } = (api as unknown as Inside).controller
  let current: string | undefined
  const message = (text: string): void => {
    current = text
    try {
      socket.onMessage(text)
    } catch (error) {
      decoder.dataQueue = []
      bad({ problem: `a message that cannot be read (${String(error)})`, bytes: readable(text), fatal: false })
    }
    socket.dataFragment = ''
    current = undefined
  }
  const reader = new FrameReader(message, bad)
  socket.onData = (data) => reader.push(data)
  return {
    api,
    unreported() {
      const text = current
      current = undefined
      return text === undefined ? undefined : readable(text)
    },
    unsent: () => socket.client?.writableLength ?? 0,
    tune() {
      socket.client?.setNoDelay(true)
      socket.client?.setKeepAlive(true, 15_000)
    },
  }
}
