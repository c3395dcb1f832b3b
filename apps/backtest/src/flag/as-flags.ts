const FLAGS: Readonly<Record<string, string>> = {
  calendar: '--calendar',
  interval: '--interval',
  offSession: '--off-session',
  onBadRow: '--on-bad-row',
  prices: '--prices',
  sort: '--sort',
  stamp: '--stamp',
  symbol: '--symbols',
  zone: '--zone',
}

/** The way out of a library's message in the words of the command line: `onBadRow: 'drop'` → `--on-bad-row drop`. */
export function asFlags(message: string): string {
  const option = new RegExp(
    `\\b(${Object.keys(FLAGS).join('|')}): (?:'([^']*)'|"([^"]*)"|true)(?: \\(--[^)]*\\))?`,
    'g',
  )
  return message.replace(option, (_, name: string, single?: string, double?: string) => {
    const value = single ?? double
    return value === undefined ? FLAGS[name]! : `${FLAGS[name]!} ${value}`
  })
}

/** The flag of an option: `closeAtEnd` → `--close-at-end`. */
export function flagOf(option: string): string {
  return FLAGS[option] ?? `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
