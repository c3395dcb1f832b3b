import type { Param, Strategy } from '@onetape/core'
import { styleText } from 'node:util'
import { builtInNames, loadStrategy, userFolder } from '@onetape/strategies'
import { ownPackage } from '../own-package.ts'

/** Lists the built-in strategies, or the one in a file, with their parameters. */
export async function strategiesCommand(wanted: string | undefined, flags: { readonly json?: boolean }): Promise<void> {
  const base = userFolder()
  const found: { readonly name: string; readonly strategy: Strategy }[] = []
  for (const name of wanted === undefined ? builtInNames : [wanted])
    found.push({ name, strategy: (await loadStrategy(name, base, ownPackage)).strategy })
  if (flags.json === true) {
    const list = found.map(({ strategy: { name, description, params } }) => ({ name, description, params }))
    process.stdout.write(`${JSON.stringify(list, null, 2)}\n`)
    return
  }
  process.stdout.write(found.map(({ strategy }) => describe(strategy)).join('\n'))
}

function describe({ name, description, params }: Strategy): string {
  const rows = Object.entries(params).map(
    ([param, spec]) => [`${param}=${String(spec.default)}`, explain(spec)] as const,
  )
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  const lines = rows.map(([left, right]) => `  --param ${left.padEnd(width)}  ${right}\n`)
  return `${styleText('bold', name)}${description === undefined ? '' : `: ${description}`}\n${lines.join('')}`
}

function explain(param: Param): string {
  const description = param.description ?? ''
  switch (param.kind) {
    case 'int':
    case 'float': {
      const { min, max } = param
      const range =
        min === -Infinity && max === Infinity
          ? 'any number'
          : max === Infinity
            ? `${min} or more`
            : min === -Infinity
              ? `up to ${max}`
              : `${min} to ${max}`
      return [description, `(${range})`].filter((part) => part !== '').join(' ')
    }
    case 'choice':
      return [description, `(${param.choices.join(', ')})`].filter((part) => part !== '').join(' ')
    case 'bool':
      return [description, '(true, false)'].filter((part) => part !== '').join(' ')
    case 'text':
      return description
  }
}
