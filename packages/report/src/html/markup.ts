/** Text that is HTML already. Only `markup` and `trusted` make it, so that nothing from a run reaches the page unescaped. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a `markup` template: text is escaped, `Markup` is not, lists are joined, the empty values are left out. */
export type MarkupValue = string | number | Markup | MarkupList | false | null | undefined
type MarkupList = readonly MarkupValue[]

/** HTML from a template whose values are escaped. */
export function markup(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  let text = parts[0]!
  for (let i = 0; i < values.length; i++) text += asHtml(values[i]) + parts[i + 1]!
  return new Markup(text)
}

/** Takes `text` for HTML as it is: for text of our own, never for data. */
export function trusted(text: string): Markup {
  return new Markup(text)
}

/** The five characters that mean something in HTML, as entities. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function asHtml(value: MarkupValue): string {
  if (value === false || value === null || value === undefined) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(asHtml).join('')
  return escapeHtml(String(value))
}
