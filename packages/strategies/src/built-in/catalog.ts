import type { Strategy } from '@onetape/core'

const catalog: Readonly<Record<string, () => Promise<{ readonly default: Strategy<any> }>>> = {
  'sma-cross': async () => await import('./sma-cross.ts'),
  'rsi-mean-reversion': async () => await import('./rsi-mean-reversion.ts'),
  'momentum-rotation': async () => await import('./momentum-rotation.ts'),
  'pairs-trading': async () => await import('./pairs-trading.ts'),
}

/** Names of the strategies that come with the command line. */
export const builtInNames: readonly string[] = Object.keys(catalog)

/** Only the strategy that is run is loaded, and with it the indicators it uses. */
export async function loadBuiltIn(name: string): Promise<Strategy> {
  return (await catalog[name]!()).default
}
