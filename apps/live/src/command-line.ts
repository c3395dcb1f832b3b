import { Command } from 'commander'
import type { GatewayFlags } from './command/gateway.ts'
import type { ConnectFlags, RunFlags } from './command/flags.ts'

/** The whole command line. Commands import what they need when they run: start-up pays for nothing else. */
export function commandLine(): Command {
  const program = new Command('onetape-live')
    .description('Runs a strategy live: on the embedded gateway simulator, on paper, or with real money.')
    .helpOption('-h, --help', 'shows this help')
    .addHelpText(
      'after',
      `
Examples:
  $ onetape-live --strategy sma-cross --symbols AAPL          embedded simulator, 120 times as fast as the clock
  $ onetape-live --config live.yaml --env production          TWS or IB Gateway, as the file says
  $ onetape-live doctor --mode paper --port 4002              checks the settings of a TWS or Gateway
  $ onetape-live gateway --port 4002                          a gateway simulator alone

Exit codes: 0 stopped as asked, 1 wrong input or a failure, 2 wrong flags.`,
    )

  const run = connectFlags(program.command('run', { isDefault: true }))
    .description('Trades (the default command).')
    .option('--strategy <file|name>', 'a .ts or .js file, or the name of a built-in strategy (sma-cross)')
    .option('--symbols <A,B>', 'what to trade (AAPL)')
    .option('--param <name=value>', 'a parameter of the strategy, as often as needed', collect)
    .option('--interval <length>', 'of the bars: 5s, 1m, 5m, … (5s in the simulator, else 1m)')
    .option('--cash <usd>', 'what the strategy may use (the cash of the account)')
    .option('--seed <n>', "seed of the strategy's random source (1)")
    .option('--speed <n>', 'simulated seconds per second (120)')
    .option('--data <folder>', 'recorded bars for the simulator instead of its seeded market')
    .option('--faults <file>', 'fault script for the simulator')
    .option('--shutdown <policy>', 'what happens to orders and positions at the end: leave (default), cancel, flatten')
    .option('--folder <folder>', 'tape, logs and health file (onetape-live)')
    .option('--fresh', 'begins a new run: the old tape is kept under another name')
    .option('--for <seconds>', 'stops by itself after so many seconds')
    .option('--print-config', 'prints the configuration in force and where each value comes from')
    .option('--trace', 'shows the stack of an error')
  run.action(async (flags: RunFlags) => {
    const { runCommand } = await import('./command/run.ts')
    await runCommand(flags)
  })

  connectFlags(program.command('doctor'))
    .description('Checks a TWS or Gateway over the wire and says what to change.')
    .option('--symbols <A,B>', 'contracts to look up (AAPL)')
    .option('--json', 'prints one JSON object')
    .option('--trace', 'shows the stack of an error')
    .action(async (flags: ConnectFlags & { readonly json?: boolean }) => {
      const { doctorCommand } = await import('./command/doctor.ts')
      await doctorCommand(flags)
    })

  program
    .command('gateway')
    .description('Serves a simulated IB Gateway until it is stopped.')
    .option('--port <n>', 'port to listen on, 0 for a free one (4002)')
    .option('--host <address>', 'address to listen on (127.0.0.1)')
    .option('--data <folder>', 'recorded bars instead of the seeded market')
    .option('--symbols <A,B>', 'stocks of the market')
    .option('--speed <n>', 'simulated seconds per second (1)')
    .option('--seed <n>', 'seed of the market (1)')
    .option('--faults <file>', 'fault script')
    .option('--state <file>', 'keeps ids, orders, executions and positions over a stop, too, not only over a crash')
    .option('--fresh', 'begins anew, without what was kept')
    .option('--account <id>', 'its account (DU1234567)')
    .option('--cash <usd>', 'cash of the account at first (1000000)')
    .option('--master <id>', 'the client that sees the orders of all (none)')
    .option('--server-version <n>', 'highest server version, 157 to 193 (193)')
    .option('--verbose', 'tells every request')
    .option('--trace', 'shows the stack of an error')
    .action(async (flags: GatewayFlags) => {
      const { gatewayCommand } = await import('./command/gateway.ts')
      await gatewayCommand(flags)
    })

  program
    .command('parity')
    .description('Runs the example strategies three ways on recorded bars: backtest, live on the simulator, replay.')
    .option('--data <folder>', 'minute bars, one CSV file per symbol')
    .option('--strategies <A,B>', 'which of the built-in strategies (all)')
    .option('--json', 'prints one JSON array')
    .option('--trace', 'shows the stack of an error')
    .action(async (flags: { readonly data?: string; readonly strategies?: string; readonly json?: boolean }) => {
      const { parityCommand } = await import('./command/parity.ts')
      await parityCommand(flags)
    })

  program
    .command('chaos')
    .description('Trades on the simulator while seeded faults hit it, and checks what must hold.')
    .option('--minutes <n>', 'how long (1)')
    .option('--seed <n>', 'seed of the faults (1)')
    .option('--json', 'prints one JSON object')
    .option('--trace', 'shows the stack of an error')
    .action(async (flags: { readonly minutes?: string; readonly seed?: string; readonly json?: boolean }) => {
      const { chaosCommand } = await import('./command/chaos.ts')
      await chaosCommand(flags)
    })

  return program
}

function connectFlags(command: Command): Command {
  return command
    .option('--config <file>', 'YAML file')
    .option('--env <name>', 'adds the file of the environment: development, staging, production')
    .option('--mode <mode>', 'simulator (default), paper, live')
    .option('--account <id>', 'the account to trade')
    .option('--host <address>', 'of TWS or Gateway (127.0.0.1)')
    .option('--port <n>', 'TWS 7497 paper, 7496 live; Gateway 4002 paper, 4001 live')
    .option('--client-id <n>', 'kept for ever: orders belong to it (7)')
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}
