import { CODE_TABLE, type CodeEntry, type RequestMeaning } from './code-table.ts'

const BY_CODE: ReadonlyMap<number, CodeEntry> = new Map(CODE_TABLE.map((entry) => [entry.code, entry]))

/** The entry of a code; undefined for one that is not known, of which nothing may be concluded. */
export function codeEntry(code: number): CodeEntry | undefined {
  return BY_CODE.get(code)
}

/** What became of a request for data, by code and text. */
export type RequestVerdict =
  | Exclude<RequestMeaning, 'text'>
  /** There is no data in this range: an empty answer, no failure. */
  | 'empty'
  /** Too many requests: to be asked again after a wait. */
  | 'pacing'
  /** Not known: the request goes on waiting and the message is shown. */
  | 'unknown'

/** As {@link codeEntry}, with the codes decided whose meaning stands in their text. */
export function classifyRequest(code: number, text: string): RequestVerdict {
  const meaning = codeEntry(code)?.request ?? 'unknown'
  if (meaning !== 'text') return meaning
  if (/pacing/i.test(text)) return 'pacing'
  if (/simultaneous/i.test(text)) return 'pacing'
  if (/no data/i.test(text)) return 'empty'
  if (/query cancelled/i.test(text)) return 'gone'
  if (/duplicate ticker id/i.test(text)) return 'retry'
  return 'failed'
}

/** True for the note that the API of TWS refuses orders; it comes as 321 without an id. */
export function saysReadOnly(code: number, text: string): boolean {
  return code === 321 && /read-only/i.test(text)
}

/** The table of {@link CODE_TABLE} as markdown, for the documentation. */
export function codeTableMarkdown(): string {
  const head = ['code', 'says', 'new order', 'modify', 'cancel', 'request', 'session', 'handling', 'what happens']
  const cells = CODE_TABLE.map((e) => [
    String(e.code),
    e.says,
    e.order,
    e.modify,
    e.cancel,
    e.request,
    e.session === 'none' ? '' : e.session,
    e.handling,
    e.action,
  ])
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((line) => line[i]!.length)))
  const line = (columns: readonly string[]): string =>
    `| ${columns.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(head), rule, ...cells.map(line)].join('\n')
}
