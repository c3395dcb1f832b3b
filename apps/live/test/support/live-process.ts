import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** The program as a process of its own. */
export class LiveProcess {
  readonly child: ChildProcess
  output = ''
  readonly exited: Promise<number | null>

  constructor(...args: readonly string[]) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ONETAPE_')))
    this.child = spawn(process.execPath, ['--conditions=@onetape/source', MAIN, ...args], { env })
    this.child.stdout!.on('data', (data: Buffer) => (this.output += data.toString()))
    this.child.stderr!.on('data', (data: Buffer) => (this.output += data.toString()))
    this.exited = new Promise((resolve) => this.child.on('exit', (code) => resolve(code)))
  }

  /** Waits until the output matches. */
  async says(pattern: RegExp, ms = 15_000): Promise<RegExpExecArray> {
    return await until(
      () => pattern.exec(this.output) ?? undefined,
      ms,
      () => `output ${pattern}, found:\n${this.output}`,
    )
  }

  kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    return this.exited
  }
}

/** Waits for a condition, not for a time. */
export async function until<T>(
  condition: () => T | undefined | false,
  ms: number,
  what: () => string = () => 'the condition',
): Promise<T> {
  const end = performance.now() + ms
  for (;;) {
    const found = condition()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`Expected ${what()} within ${ms} ms`)
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
