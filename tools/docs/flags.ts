import { commandLine } from '../../apps/backtest/src/command-line.ts'
import { table } from './table.ts'

const program = commandLine()
type Command = typeof program
type Option = Command['options'][number]

/** Every command with its arguments. */
export function commandReference(): string {
  const rows = program.commands.map((command) => {
    const args = command.registeredArguments.map((arg) => {
      const name = arg.variadic ? `${arg.name()}…` : arg.name()
      return arg.required ? ` <${name}>` : ` [${name}]`
    })
    return [`\`${command.name()}${args.join('')}\``, command.description()]
  })
  return table(['command', 'does'], rows)
}

/** The flags of each command, in the groups of its help. What a command shares with `run` is told in one line. */
export function flagReference(): string {
  const run = program.commands.find((command) => command.name() === 'run')!
  return program.commands
    .map((command) => {
      const options = command.options.filter((option) => !option.hidden)
      const shared = options.filter((option) => command !== run && isIn(run, option))
      const own = Map.groupBy(
        options.filter((option) => !shared.includes(option)),
        (option) => heading(option),
      )
      const parts = [...own].map(([name, members]) => {
        const rows = members.map((option) => [`\`${option.flags}\``, escaped(option.description)])
        return `**${name}**\n\n${table(['flag', 'meaning (default)'], rows)}`
      })
      const and = own.size > 0 ? 'And those' : 'Those'
      if (shared.length > 5)
        parts.push(`${and} of [run](#run) under ${[...new Set(shared.map(heading))].slice(0, -1).join(', ')}.`)
      else if (shared.length > 0)
        parts.push(`${and} of [run](#run): ${shared.map(({ long }) => `\`${long}\``).join(', ')}.`)
      return `### ${command.name()}\n\n${parts.join('\n\n')}`
    })
    .join('\n\n')
}

function isIn(command: Command, { flags, description }: Option): boolean {
  return command.options.some((option) => option.flags === flags && option.description === description)
}

function heading(option: Option): string {
  return (option.helpGroupHeading ?? 'Flags:').replace(/:$/, '')
}

/** Names of the flags of `run`, as `--cash`. */
export function runFlagNames(): ReadonlySet<string> {
  const run = program.commands.find((command) => command.name() === 'run')!
  return new Set(run.options.map(({ long }) => long!))
}

function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('*', '\\*')
}
