/**
 * JSON that may stand inside a `<script>` element: `<` and the two line separators that older scripts cannot read are
 * written as escapes, so no text of a run can end the element. NaN and infinities become null.
 */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, (character) => ESCAPES[character]!)
}

/** Script text that may stand inside a `<script>` element: what would end it or open a comment in it is escaped. */
export function inlineScript(text: string): string {
  return text.replace(/<(\/script|!--)/gi, '\\x3C$1')
}

const ESCAPES: Readonly<Record<string, string>> = { '<': '\\u003c', '\u2028': '\\u2028', '\u2029': '\\u2029' }
