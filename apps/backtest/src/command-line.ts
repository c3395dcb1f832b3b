import { CONVENTIONS } from '@onetape/analytics'
import { calendarNames } from '@onetape/calendar'
import { type BarInterval, InputError, TIMES_IN_FORCE, intervalMs } from '@onetape/core'
import { Argument, Command, Option } from 'commander'
import { builtInNames } from '@onetape/strategies'
import type { DataFlags } from './command/data-download.ts'
import {
  borrowFlag,
  creditInterestFlag,
  dayTradingFlag,
  latencyFlag,
  marginFlag,
  marginInterestFlag,
  shortInterestFlag,
} from './flag/account-model.ts'
import { choiceFlag } from './flag/choice.ts'
import { feeFlag, slippageFlag } from './flag/cost-model.ts'
import { flagError } from './flag/flag-error.ts'
import { instrumentFlag } from './flag/instrument.ts'
import { momentFlag, zoneFlag } from './flag/moment.ts'
import { type NumberRange, numberFlag } from './flag/number.ts'
import { honestyCommands } from './honesty-commands.ts'
import type { RunFlags } from './run-flags.ts'
import { version } from './version.ts'

/** The whole command line. Commands import what they need when they run: start-up pays for nothing else. */
export function commandLine(): Command {
  const program = new Command('onetape')
    .description('Backtests trading strategies on recorded market data.')
    .version(version(), '-v, --version')
    .helpOption('-h, --help', 'shows this help')
    .addHelpText(
      'after',
      `
Built-in strategies: ${builtInNames.join(', ')}

Examples:
  $ onetape run sma-cross --symbols AAPL --out result
  $ onetape run my-strategy.ts --data prices/ --symbols AAPL,MSFT --param fast=10 --from 2020-01-01
  $ onetape run my-strategy.ts --data AAPL.csv --fee per-share:0.005,min:1 --slippage bps:2 --json

Exit codes: 0 done, 1 wrong input or a strategy that threw, 2 wrong flags, 3 a check found a problem, 130 interrupted.`,
    )

  const run = program
    .command('run')
    .argument('<strategy>', 'a .ts or .js file, or the name of a built-in strategy')
    .description('Runs a strategy over recorded bars.')
  runFlags(dataFlags(run)).action(async (strategy: string, flags: RunFlags) => {
    const { runCommand } = await import('./command/run.ts')
    await runCommand(strategy, flags)
  })

  honestyCommands(program, (command) => runFlags(dataFlags(command), printFlags), printFlags)

  outputFlags(
    program
      .command('demo')
      .description('Runs the moving-average cross on the bundled AAPL sample and writes its report.'),
  ).action(async (flags: RunFlags) => {
    const { demoCommand } = await import('./command/demo.ts')
    await demoCommand(flags)
  })

  dataCommand(program)

  program
    .command('strategies')
    .argument('[strategy]', 'a file or a built-in name; all built-in strategies when left out')
    .description('Lists strategies with their parameters.')
    .option('--json', 'prints one JSON array')
    .addOption(trace())
    .action(async (strategy: string | undefined, flags: { readonly json?: boolean }) => {
      const { strategiesCommand } = await import('./command/strategies.ts')
      await strategiesCommand(strategy, flags)
    })

  program
    .command('doctor')
    .description('Checks the installation and says how to mend what is wrong.')
    .option('--json', 'prints one JSON object')
    .addOption(trace())
    .action(async (flags: { readonly json?: boolean }) => {
      const { doctorCommand } = await import('./command/doctor.ts')
      await doctorCommand(flags)
    })

  return program
}

function dataCommand(program: Command): void {
  printFlags(
    program
      .command('data')
      .addArgument(new Argument('<action>', 'download').argParser(choiceFlag('data', ['download'])))
      .description('Downloads bars from a broker into a folder that --data reads.')
      .optionsGroup('Bars:')
      .addOption(one('--from', ['ibkr'], 'where they come from; the only one so far, and the default'))
      .option('-s, --symbols <A,B>', 'what to download, separated by commas', symbols)
      .option('--interval <length>', 'of the bars: 5s, 1m, 5m, 1h, 1d (1d)', interval)
      .option('--start <date>', 'first day, of the exchange', (text) => momentFlag('--start', text))
      .option('--end <date>', 'last day, included (now)', (text) => momentFlag('--end', text))
      .option('-o, --out <folder>', 'where they go; what is there already is not fetched again')
      .optionsGroup('TWS or Gateway:')
      .option('--host <name>', 'where it runs (127.0.0.1)')
      .option('--port <n>', 'TWS 7497 paper, 7496 live; Gateway 4002 paper, 4001 live (4002)', port)
      .option('--client-id <n>', 'one that no other program uses (71)', clientId),
  ).action(async (_action: string, flags: DataFlags) => {
    const { dataDownloadCommand } = await import('./command/data-download.ts')
    await dataDownloadCommand(flags)
  })
}

function port(text: string): number {
  return numberFlag('--port', text, { min: 1, max: 65_535, whole: true })
}

function clientId(text: string): number {
  return numberFlag('--client-id', text, { min: 0, max: 2_147_483_647, whole: true })
}

/** @param output adds the flags of what comes out */
function runFlags(command: Command, output: (command: Command) => Command = outputFlags): Command {
  command
    .optionsGroup('Strategy:')
    .option('-p, --param <name=value>', 'a parameter of the strategy, as often as needed', collect)
    .option('--seed <n>', 'seed of its random source (1)', number('--seed', { min: 0, whole: true }))

    .optionsGroup('Account:')
    .option('--cash <usd>', 'initial cash (100000)', number('--cash', { min: 0, exclusive: true }))
    .addOption(one('--account', ['margin', 'cash'], 'kind of account'))
    .option(
      '--leverage <x>',
      'gross exposure per unit of equity (1)',
      number('--leverage', { min: 0, exclusive: true }),
    )
    .option('--no-shorts', 'refuses short sales')
    .option('--margin <model>', 'margin that a call is judged by: reg-t (default), reg-t,long:30, none', marginFlag)
    .addOption(onOff('--settlement', 'cash accounts: proceeds may be spent once they have settled (on)'))
    .option('--day-trading <on|off>', 'pattern day trader rule and intraday margin, by date (off)', dayTradingFlag)

    .optionsGroup('Costs:')
    .option(
      '--fee <model>',
      'percent:0.1,min:1 (default), per-share:0.005,min:1, per-contract:2, ibkr-fixed, ibkr-tiered, none',
      feeFlag,
    )
    .addOption(one('--fees-per', ['session', 'order'], 'which fills of an order share a minimum'))
    .option(
      '--slippage <model>',
      'bps:5 (default), half-spread:5, volume-share,limit:0.025,impact:0.1, square-root:1, none',
      slippageFlag,
    )
    .option(
      '--margin-interest <rate>',
      'on debits, percent a year: 6.5, or ibkr:4.33 for tiers over a benchmark (none)',
      marginInterestFlag,
    )
    .option('--credit-interest <rate>', 'on credits, in the same way (none)', creditInterestFlag)
    .option(
      '--short-interest <rate>',
      'paid on the cash that secures shorts, in the same way (none)',
      shortInterestFlag,
    )
    .option('--borrow <percent>', 'fee on borrowed stock, percent a year: 0.25 (none)', borrowFlag)

    .optionsGroup('Fills:')
    .option('--participation <part>', "part of a bar's volume that may be taken, or off (0.1)", participation)
    .addOption(one('--limit-fill', ['through', 'touch'], 'when a limit fills'))
    .addOption(
      one('--exits', ['pessimistic', 'optimistic', 'path', 'finer'], 'which of two exits reached in one bar fills'),
    )
    .addOption(one('--market-fill', ['open', 'close', 'same-close'], 'price of market orders'))
    .addOption(one('--trigger', ['trade', 'quote', 'both'], 'which ticks fire stops'))
    .addOption(onOff('--displayed-size', 'fills on a quote take at most its size, once (on)'))
    .option(
      '--open-cutoff-minutes <n>',
      'on-open orders are refused from then on before the open (2)',
      number('--open-cutoff-minutes', { min: 0, max: 1440 }),
    )
    .option(
      '--close-cutoff-minutes <n>',
      'the same before the close (10; 5 on Nasdaq)',
      number('--close-cutoff-minutes', { min: 0, max: 1440 }),
    )
    .addOption(one('--mark', ['last', 'mid'], 'what positions are valued at where there are quotes'))
    .option(
      '--limit-fill-probability <part>',
      'chance that a limit fills when it is reached (1)',
      number('--limit-fill-probability', unit),
    )
    .option('--latency <ms>', 'delay of orders, milliseconds: 250, or 50..400 (0)', latencyFlag)
    .option(
      '--delay-bars <n>',
      'orders reach the venue this many bars later (0)',
      number('--delay-bars', { min: 0, max: 1000, whole: true }),
    )
    .addOption(one('--prices', ['raw', 'adjusted'], 'prices that are traded'))
    .addOption(one('--dividends', ['cash', 'reinvest', 'ignore'], 'what a dividend does'))
    .addOption(one('--split-orders', ['cancel', 'adjust'], 'what a split does to working orders'))

    .optionsGroup('Orders:')
    .addOption(one('--tif', TIMES_IN_FORCE, 'time in force of orders that name none'))
    .addOption(one('--size-at', ['decision', 'fill'], 'when target orders take their quantity'))
    .option('--buffer <part>', 'part of the equity that targets leave unused (0.0025)', number('--buffer', unit))
    .option('--min-change <part>', 'targets below this part are not sent (0.005)', number('--min-change', unit))
    .option('--reject-at-fill', 'judges funds at the fill alone, all or nothing')
    .addOption(onOff('--credit-sells', 'proceeds of working sells count for buys (on; off for cash accounts)'))
    .option('--close-at-end', 'closes open positions at the last close')

    .optionsGroup('Figures:')
    .addOption(one('--lots', ['average', 'fifo'], 'what a trade is: from flat to flat, or each lot'))
    .option('--benchmark <symbol>', 'buy-and-hold comparison, or none (first symbol)')
    .addOption(one('--convention', CONVENTIONS, 'definition of the figures'))
    .option('--risk-free <rate>', 'per year, 0.04 = 4 % (0)', number('--risk-free', { min: -1, max: 1 }))
    .option('--periods-per-year <n>', 'sessions a year (of the calendar)', number('--periods-per-year', { min: 1 }))
  return output(command).option('--run-id <id>', 'first part of order ids (backtest)', runId)
}

function number(flag: string, range: NumberRange): (text: string) => number {
  return (text) => numberFlag(flag, text, range)
}

function one(flag: string, choices: readonly string[], description: string): Option {
  return new Option(`${flag} <choice>`, `${description}: ${choices.join(', ')}`).argParser(choiceFlag(flag, choices))
}

function onOff(flag: string, description: string): Option {
  return new Option(`${flag} <on|off>`, description).argParser((text) => choiceFlag(flag, ['on', 'off'])(text) === 'on')
}

const unit: NumberRange = { min: 0, max: 1 }

function dataFlags(command: Command): Command {
  return command
    .optionsGroup('Data:')
    .option('--data <file|folder>', 'CSV files, plain or gzip (the bundled AAPL sample)')
    .option('--quotes <file|folder>', 'quotes of the same symbols: orders then buy at the ask and sell at the bid')
    .option('--trades <file|folder>', 'trades of the market, which orders match on, too')
    .option('-s, --symbols <A,B>', 'what to load, separated by commas (all in the data)', symbols)
    .option('--interval <lengths>', 'of the bars: 1m, 5m, 1h, 1d, or several (as in the files)', intervals)
    .option('--from <date>', 'first day of the run; earlier bars warm up the indicators', (text) =>
      momentFlag('--from', text),
    )
    .option('--to <date>', 'last day of the run', (text) => momentFlag('--to', text))
    .addOption(
      new Option('--calendar <name>', `trading calendar: ${calendarNames.join(', ')} (XNYS)`).argParser(
        choiceFlag('--calendar', calendarNames),
      ),
    )
    .option('--instrument <fields>', 'what is not as with US stocks: lot=0.0001,tick=0.01', instrumentFlag)
    .option('--zone <zone>', 'time zone of times without one: America/New_York, UTC, +01:00', zoneFlag)
    .addOption(
      new Option('--stamp <start|end>', 'what a time in the files stands for').argParser(
        choiceFlag('--stamp', ['start', 'end']),
      ),
    )
    .option('--sort', 'sorts rows by time')
    .addOption(
      new Option('--on-bad-row <error|drop>', 'what to do with a row that cannot be').argParser(
        choiceFlag('--on-bad-row', ['error', 'drop']),
      ),
    )
    .addOption(
      new Option('--off-session <error|drop>', 'what to do with a row on a day without trading').argParser(
        choiceFlag('--off-session', ['error', 'drop']),
      ),
    )
}

function outputFlags(command: Command): Command {
  return printFlags(
    command
      .optionsGroup('Output:')
      .option('-o, --out <folder>', 'writes result.json, trades.csv, equity.csv, orders.csv and report.html there'),
  )
}

function printFlags(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'prints the result as one JSON object')
    .option('-q, --quiet', 'prints nothing but errors')
    .addOption(trace())
}

function trace(): Option {
  return new Option('--trace', 'shows the stack of an error')
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

function participation(text: string): number {
  return text === 'off' ? Infinity : numberFlag('--participation', text, { min: 0, max: 1 })
}

function symbols(text: string): readonly string[] {
  const list = text.split(',').map((symbol) => symbol.trim())
  if (list.includes('')) throw flagError('--symbols', 'symbols separated by commas', text)
  const twice = list.find((symbol, index) => list.indexOf(symbol) !== index)
  if (twice !== undefined) throw flagError('--symbols', `"${twice}" once`, text)
  return list
}

function intervals(text: string): readonly BarInterval[] {
  const list = text.split(',').map((each) => each.trim()) as BarInterval[]
  for (const each of list)
    try {
      intervalMs(each)
    } catch {
      throw flagError('--interval', 'a length like 5s, 1m, 1h, 1d or 1w', each)
    }
  return list
}

function interval(text: string): BarInterval {
  const [first, ...others] = intervals(text)
  if (first === undefined || others.length > 0) throw flagError('--interval', 'one length like 1m or 1d', text)
  return first
}

function runId(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text
  throw new InputError('usage.flag', `Expected letters, digits, "-", "_" and ".", found "${text}".`, {
    place: '--run-id',
  })
}
