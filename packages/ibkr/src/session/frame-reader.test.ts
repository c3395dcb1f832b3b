import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frame } from '../../test/scripted-gateway.ts'
import { type BadFrame, FrameReader } from './frame-reader.ts'

function read(chunks: readonly Buffer[]): { texts: string[]; bad: BadFrame[] } {
  const texts: string[] = []
  const bad: BadFrame[] = []
  const reader = new FrameReader(
    (text) => texts.push(text),
    (one) => bad.push(one),
  )
  for (const chunk of chunks) reader.push(chunk)
  return { texts, bad }
}

const field = fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\0', ''))
const messages = fc.array(fc.array(field, { minLength: 1, maxLength: 8 }), { maxLength: 20 })

test('messages come out as they went in, however the bytes are cut', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (all, cuts) => {
      const bytes = Buffer.concat(all.map((fields) => frame(...fields)))
      const chunks: Buffer[] = []
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = cuts[i % cuts.length]!
        chunks.push(bytes.subarray(at, at + size))
        at += size
      }
      const { texts, bad } = read(chunks)
      expect(bad).toEqual([])
      expect(texts).toEqual(all.map((fields) => fields.map((f) => `${f}\0`).join('')))
    }),
  )
})

test.each([
  ['a length below zero', Buffer.from('fffffffc00', 'hex')],
  ['a length of 16 MiB', Buffer.from('0100000000', 'hex')],
  ['text instead of a length', Buffer.from('HTTP/1.1 400 Bad Request')],
])('%s ends the reading', (_, bytes) => {
  const { texts, bad } = read([bytes, frame('49', 1, 5)])
  expect(texts).toEqual([])
  expect(bad).toMatchObject([{ fatal: true }])
})

test('an empty message and one without an end are reported with their bytes and left out', () => {
  const open = Buffer.concat([Buffer.from([0, 0, 0, 4]), Buffer.from('4\x012\x02')])
  const { texts, bad } = read([Buffer.alloc(4), open, frame('49', 1, 5)])
  expect(texts).toEqual(['49\x001\x005\0'])
  expect(bad.map(({ bytes, fatal }) => [bytes, fatal])).toEqual([
    ['', false],
    ['4.2.', false],
  ])
})
