import { commandLine } from './command-line.ts'
import { reportFailure } from './failure.ts'

/** Runs the command line and gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = commandLine()
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .showHelpAfterError(false)
      .configureOutput({ writeErr: () => undefined }) // errors come from reportFailure
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error // whoever read us has seen enough: `| head`
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return process.exitCode === undefined ? 0 : Number(process.exitCode)
  } catch (error) {
    return reportFailure(error, args)
  }
}
