/** Resolves at SIGINT, SIGTERM or SIGHUP with its name, or after `ms`. A second signal ends the process at once. */
export function untilSignal(ms = Infinity): Promise<string> {
  return new Promise((resolve) => {
    const timer = ms < Infinity ? setTimeout(() => done('time'), ms) : undefined
    let asked = false
    const done = (why: string): void => {
      if (asked) process.exit(130)
      asked = true
      clearTimeout(timer)
      resolve(why)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done(signal))
  })
}
