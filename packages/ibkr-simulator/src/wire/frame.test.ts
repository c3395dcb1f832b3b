import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameError, FrameReader, frame, MAX_PAYLOAD, splitFields } from './frame.ts'

const prefix = Buffer.from('API\0')

test('whole frames come out however the bytes are split', () => {
  const field = fc.string({ maxLength: 8 }).map((s) => s.replaceAll('\0', ''))
  const messages = fc.array(fc.array(field, { minLength: 1, maxLength: 6 }), { maxLength: 6 })
  fc.assert(
    fc.property(messages, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (sent, sizes) => {
      const ascii = sent.map((m) => m.map((text) => text.replaceAll(/[^ -~]/g, '?')))
      const bytes = Buffer.concat([prefix, ...ascii.map((m) => frame(m))])
      const reader = new FrameReader()
      const got: string[][] = []
      for (let at = 0; at < bytes.length;) {
        const size = sizes.next().value as number
        reader.push(bytes.subarray(at, at + size))
        at += size
        for (let p = reader.next(); p !== undefined; p = reader.next()) got.push(splitFields(p))
      }
      expect(got).toEqual(ascii)
    }),
  )
})

test('a wrong prefix and a length beyond the most are refused with their bytes', () => {
  const garbage = new FrameReader()
  garbage.push(Buffer.from('GET / HTTP/1.1'))
  expect(() => garbage.next()).toThrow('Expected the prefix')
  const huge = new FrameReader()
  const length = Buffer.alloc(4)
  length.writeUInt32BE(MAX_PAYLOAD + 1)
  huge.push(Buffer.concat([prefix, length]))
  const caught = (() => {
    try {
      return huge.next()
    } catch (error) {
      return error
    }
  })()
  expect(caught).toBeInstanceOf(FrameError)
  expect((caught as FrameError).bytes.toString('hex')).toBe('01000000')
})

test('a long frame costs no more in small pieces', () => {
  const reader = new FrameReader()
  const bytes = Buffer.concat([prefix, frame(['19', 'x'.repeat(8 * 1024 * 1024)]), frame(['49', '1'])])
  const began = performance.now()
  const got: string[][] = []
  for (let at = 0; at < bytes.length; at += 500) {
    reader.push(bytes.subarray(at, at + 500))
    for (let p = reader.next(); p !== undefined; p = reader.next()) got.push(splitFields(p))
  }
  expect(got.map((fields) => fields[0])).toEqual(['19', '49'])
  expect(got[0]![1]).toHaveLength(8 * 1024 * 1024)
  // Joining all pieces anew with each one moves 67 GB.
  expect(performance.now() - began).toBeLessThan(3000)
})

test('text beyond ASCII goes out escaped', () => {
  expect(frame(['4', 'caf\u00e9 \u{1f600}']).subarray(4).toString('latin1')).toBe(
    String.raw`4${'\0'}caf\u00e9 \ud83d\ude00${'\0'}`,
  )
})

test('an empty payload has no fields, a missing last zero byte is forgiven', () => {
  expect(splitFields(Buffer.alloc(0))).toEqual([])
  expect(splitFields(Buffer.from('49\x001'))).toEqual(['49', '1'])
})
