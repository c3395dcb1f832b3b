import { COMPLETED_ORDER, type FieldSpec, OPEN_ORDER } from './order-tables.ts'

/** The known texts of a message's fields, by name; what is not there goes out as not set. */
export type FieldTexts = Readonly<Record<string, string>>
/** Groups of fields, by the name of the field that they follow. */
export type FieldBlocks = Readonly<Record<string, readonly string[]>>

export function openOrderMessage(texts: FieldTexts, blocks: FieldBlocks, serverVersion: number): string[] {
  return fromTable('5', OPEN_ORDER, texts, blocks, serverVersion)
}

export function completedOrderMessage(texts: FieldTexts, blocks: FieldBlocks, serverVersion: number): string[] {
  return fromTable('101', COMPLETED_ORDER, texts, blocks, serverVersion)
}

function fromTable(
  id: string,
  table: readonly FieldSpec[],
  texts: FieldTexts,
  blocks: FieldBlocks,
  serverVersion: number,
): string[] {
  const fields = [id]
  for (const [name, unset, from = 0, before = Infinity] of table) {
    if (serverVersion < from || serverVersion >= before) continue
    fields.push(texts[name] ?? unset)
    const block = blocks[name]
    if (block !== undefined) for (const text of block) fields.push(text)
  }
  return fields
}
