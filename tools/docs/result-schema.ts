import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspaces.ts'
import { table } from './table.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly const?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
}

/** The fields of result.json: those of the whole, then a table for each field that has fields of its own. */
export function resultTables(): string {
  const schema = JSON.parse(readFileSync(join(root, 'apps/backtest/result.schema.json'), 'utf8')) as Schema
  const parts = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const inner = field.items?.properties === undefined ? field : field.items
    if (inner.properties === undefined) return []
    const lead = `### ${name}\n\n${sentence(field.description ?? '')}${field.items === undefined ? '' : ' Each:'}`
    return [`${lead}\n\n${fields(inner)}`]
  })
  return [fields(schema), ...parts].join('\n\n')
}

function fields({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([name, field]) => [
    `\`${name}\`${required.includes(name) ? '' : ' (may be missing)'}`,
    kind(field),
    field.description ?? '',
  ])
  return table(['field', 'type', 'what'], rows)
}

function kind(field: Schema): string {
  if (field.const !== undefined) return `\`"${field.const}"\``
  if (field.enum !== undefined) return field.enum.map((word) => `\`"${word}"\``).join(', ')
  const types = typeof field.type === 'string' ? [field.type] : (field.type ?? [])
  if (types.includes('array') && field.items !== undefined) {
    const of = field.items.properties === undefined ? kind(field.items) : 'object'
    return [`array of ${of}`, ...types.filter((type) => type !== 'array')].join(' or ')
  }
  if (typeof field.additionalProperties === 'object') return `object of ${kind(field.additionalProperties)}`
  return types.join(' or ')
}

function sentence(text: string): string {
  return text === '' || text.endsWith('.') ? text : `${text}.`
}
