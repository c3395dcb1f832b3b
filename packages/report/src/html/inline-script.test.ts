import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inlineJson, inlineScript } from './inline-script.ts'

test('JSON reads back as it was and cannot end its element', () => {
  const texts = fc.oneof(fc.string(), fc.constantFrom('</script>', '<!--', '\u2028', '<SCRIPT'))
  fc.assert(
    fc.property(
      fc.array(fc.record({ text: texts, value: fc.double({ noNaN: true, noDefaultInfinity: true }) })),
      (value) => {
        const text = inlineJson(value)
        expect(text).not.toMatch(/[<\u2028\u2029]/)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      },
    ),
  )
})

test('a script that writes the end of a script keeps its meaning', () => {
  const text = inlineScript(`"</SCRIPT><!--".length`)
  expect(text).not.toMatch(/<\/script|<!--/i)
  expect(runInNewContext(text)).toBe('</script><!--'.length)
})
