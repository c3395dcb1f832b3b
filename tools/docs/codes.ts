import { DENIAL_CODES, END_CODES } from '../../packages/core/src/index.ts'
import { table } from './table.ts'

const rows = (codes: Readonly<Record<string, string>>): string[][] =>
  Object.entries(codes).map(([code, meaning]) => [`\`${code}\``, meaning])

export function denialTable(): string {
  return table(['code', 'why the gate denied the order'], rows(DENIAL_CODES))
}

export function endTable(): string {
  return table(['code', 'why the order ended'], rows(END_CODES))
}
