import fc from 'fast-check'
import { expect, test } from 'vitest'
import { didYouMean, nearestWord } from './did-you-mean.ts'

const known = ['fast', 'slow', 'lookback', 'rebalanceMinutes', 'top']

test.each([
  ['fsat', 'fast'], // neighbours swapped
  ['fas', 'fast'],
  ['fastt', 'fast'],
  ['FAST', 'fast'],
  ['slwo', 'slow'],
  ['lokback', 'lookback'],
  ['look-back', 'lookback'],
  ['rebalanceMinute', 'rebalanceMinutes'],
  ['tpo', 'top'],
  ['period', undefined],
  ['lookdown', undefined], // 4 edits from lookback; a third of the letters may be wrong
  ['', undefined],
  ['x', undefined],
])('%j most likely meant %j', (word, meant) => {
  expect(nearestWord(word, known)).toBe(meant)
})

test('says the near one, else all that is known', () => {
  expect(didYouMean('fsat', known)).toBe('Did you mean "fast"?')
  expect(didYouMean('period', known)).toBe('Known: fast, slow, lookback, rebalanceMinutes, top.')
  expect(didYouMean('period', [])).toBe('There is none.')
})

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), minLength: 4, maxLength: 12 })

test('a known word is its own nearest, and one edit away from it is near enough', () => {
  fc.assert(
    fc.property(word, fc.nat(), fc.nat({ max: 2 }), (right, where, edit) => {
      const i = where % (right.length - 1)
      const wrong = [
        right.slice(0, i) + right.slice(i + 1),
        `${right.slice(0, i)}z${right.slice(i)}`,
        right.slice(0, i) + right[i + 1]! + right[i]! + right.slice(i + 2),
      ][edit]!
      expect(nearestWord(right, ['zzzzzzzzzzzz', right])).toBe(right)
      expect(nearestWord(wrong, ['zzzzzzzzzzzz', right])).toBe(right)
    }),
  )
})
