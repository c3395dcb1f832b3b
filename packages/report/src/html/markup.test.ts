import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeHtml, markup, trusted } from './markup.ts'

test('values are escaped, our own markup is not, and empty values leave nothing', () => {
  expect(markup`<p title="${`"a" & 'b'`}">${'<script>'}</p>`.text).toBe(
    '<p title="&quot;a&quot; &amp; &#39;b&#39;">&lt;script&gt;</p>',
  )
  expect(markup`${[markup`<b>${1}</b>`, ' ', trusted('<i>')]}${false}${undefined}${null}${0}`.text).toBe(
    '<b>1</b> <i>0',
  )
})

test('no text can leave its element or attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']/)
    }),
  )
})
