import { expect, test } from 'vitest'
import { figureText } from './figure-text.ts'

test.each([
  [0.12345, 'fraction', '12.35 %'],
  [-0.5, 'fraction', '-50.00 %'],
  [-0.000001, 'fraction', '0.00 %'],
  [1234567.891, 'money', '1,234,567.89 USD'],
  [-999.5, 'money', '-999.50 USD'],
  [1.2345, 'ratio', '1.23'],
  [Infinity, 'ratio', 'Infinity'],
  [NaN, 'money', 'n/a'],
  [19413, 'count', '19,413'],
  [2.5, 'count', '2.5'],
  [12.04, 'days', '12 days'],
  [1, 'days', '1 day'],
  [3 * 86_400_000, 'duration', '3.0 days'],
  [90_000, 'duration', '1.5 minutes'],
  [Date.UTC(2024, 1, 29, 21), 'time', '2024-02-29'],
] as const)('%d as %s is "%s"', (value, unit, text) => expect(figureText(value, unit)).toBe(text))
