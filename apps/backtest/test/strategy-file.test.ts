import { expect, test } from 'vitest'
import { Desk, linesOf } from './command-line.ts'

const desk = new Desk()

const strategy = (name: string): string => `import { defineStrategy, int } from '@onetape/core'
import { sma } from '@onetape/indicators'
const period: number = 3
export default defineStrategy({
  name: '${name}',
  params: { period: int(period, { min: 1, max: 9 }) },
  create({ params, use }) {
    use(sma(params.period))
    return {}
  },
})
`
const plain = (name: string): string => strategy(name).replace(': number', '')

desk.file('cjs/package.json', '{ "type": "commonjs" }')
desk.file('esm/package.json', '{ "type": "module" }')
desk.file('node_modules/shared/package.json', '{ "name": "shared", "version": "1.0.0" }')
desk.file('node_modules/shared/value.js', 'module.exports = { value: 7 }')

test.each([
  ['a folder without package.json', 'bare.ts', strategy('bare')],
  ['a folder of type commonjs', 'cjs/in-cjs.ts', strategy('in-cjs')],
  ['a folder of type module', 'esm/in-esm.ts', strategy('in-esm')],
  ['node_modules', 'node_modules/shared/in-modules.ts', strategy('in-modules')],
  ['JavaScript in a folder of type commonjs', 'cjs/script.js', plain('script')],
  ['.mjs', 'module.mjs', plain('module')],
  [
    'CommonJS with require',
    'required.cjs',
    `const { defineStrategy } = require('@onetape/core')
     module.exports = defineStrategy({ name: 'required', create: () => ({}) })`,
  ],
  [
    'the only export that is a strategy',
    'named.ts',
    strategy('named').replace('export default', 'export const helper = 1\nexport const named ='),
  ],
  [
    "a helper beside it, and a package of the user's own",
    'cjs/helped.ts',
    `import shared from 'shared/value.js'
     import { label } from './label.ts'
     import { defineStrategy } from '@onetape/core'
     export default defineStrategy({ name: label + shared.value, create: () => ({}) })`,
  ],
])('loads a strategy from %s', (_, name, content) => {
  desk.file('cjs/label.ts', `export const label: string = 'helped'`)
  const { status, stdout, stderr } = desk.onetape('strategies', desk.file(name, content), '--json')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const base = name.replace(/^.*\//, '').replace(/\.\w+$/, '')
  expect(JSON.parse(stdout)).toMatchObject([{ name: base === 'helped' ? 'helped7' : base }])
})

test('knows a strategy of another copy of core by its mark', () => {
  desk.file(
    'own.ts',
    `export default { [Symbol.for('@onetape/strategy')]: 1, name: 'own', params: {}, create: () => ({}) }`,
  )
  expect(desk.onetape('strategies', 'own.ts').stdout).toMatch(/^own$/m)
})

test.each([
  ['a misspelt built-in', 'sma-cros', undefined, 'There is no built-in strategy "sma-cros". Did you mean "sma-cross"?'],
  ['a missing file', 'bear.ts', undefined, 'There is no file "bear.ts". Did you mean "bare.ts"?'],
  ['a built-in with an extension', 'sma-cross.ts', undefined, 'There is a built-in strategy "sma-cross"'],
  ['a folder', 'cjs', undefined, 'Did you mean|found the folder "cjs"'],
  ['a file of another kind', 'notes.txt', 'hello', 'There is no built-in strategy "notes.txt"|Expected a .ts'],
  ['an empty file', 'empty.ts', '', 'empty.ts: The file exports nothing. Write: export default defineStrategy'],
  [
    'a plain object',
    'object.ts',
    'export default { create() {} }',
    'found a plain object with "create" as default export',
  ],
  ['a function', 'function.ts', 'export default function f() {}', 'found a function as default export'],
  ['a class', 'class.ts', 'export default class A {}', 'found a class as default export'],
  ['another value', 'number.ts', 'export const a = 1', 'found a value of type number as export "a"'],
  [
    'two strategies',
    'two.ts',
    `import { defineStrategy } from '@onetape/core'
     export const a = defineStrategy({ name: 'a', create: () => ({}) })
     export const b = defineStrategy({ name: 'b', create: () => ({}) })`,
    'two.ts: Expected one strategy, found a, b. Make one of them the default export.',
  ],
  [
    'a newer API version',
    'newer.ts',
    `export default { [Symbol.for('@onetape/strategy')]: 2, name: 'n', params: {}, create: () => ({}) }`,
    'newer.ts: Expected a strategy of API version 1, found 2. It was written for a newer @onetape/core',
  ],
  [
    'an error while loading',
    'throws.ts',
    '\n\nthrow new TypeError("no luck")',
    'throws.ts:3: The file threw while it was loaded: TypeError: no luck',
  ],
  [
    'a wrong definition',
    'nameless.ts',
    `import { defineStrategy } from '@onetape/core'\nexport default defineStrategy({ name: 'a b', create: () => ({}) })`,
    'nameless.ts:2: Expected a strategy name of letters',
  ],
  [
    'an enum',
    'enum.ts',
    'const a: number = 1\nenum Side { Buy, Sell }',
    'enum.ts:2: Strategy files are run without a compiler, which excludes: TypeScript enum.',
  ],
  [
    'a namespace',
    'space.ts',
    'namespace A { export const b = 1 }',
    'space.ts:1: Strategy files are run without a compiler, which excludes',
  ],
  [
    'a parameter property',
    'property.ts',
    '\nclass A { constructor(private x: number) {} }',
    'property.ts:2: Strategy files are run without a compiler',
  ],
  [
    'a syntax error',
    'syntax.ts',
    'const a: number = 1\nconst b = = 2',
    'syntax.ts:2: Expected TypeScript or JavaScript, found',
  ],
  [
    'a syntax error in JavaScript',
    'syntax.mjs',
    'const a = 1\nconst b = = 2',
    "syntax.mjs:2: Expected TypeScript or JavaScript, found: Unexpected token '='",
  ],
  [
    'an import without extension',
    'bare-import.ts',
    `import { name } from './there'\nexport default name`,
    'bare-import.ts:1: There is no file "./there". Name the file with its extension: "./there.ts".',
  ],
  [
    'an import of .js for .ts',
    'js-import.ts',
    `import { name } from './there.js'\nexport default name`,
    'Name the file as it is: "./there.ts".',
  ],
  [
    'an import of a type as a value',
    'type-import.ts',
    `import { name } from './there.ts'\nimport { Shape } from './there.ts'\nexport default name`,
    `type-import.ts:2: "./there.ts" exports no value "Shape". If it is a type, say so: import type { Shape } from './there.ts'.`,
  ],
  [
    'a type of core as a value',
    'bar-import.ts',
    `import { Bar, defineStrategy } from '@onetape/core'\nexport default defineStrategy`,
    'say so: import type { Bar }',
  ],
  [
    'a misspelt export',
    'misspelt.ts',
    `import { defineStrategi } from '@onetape/core'`,
    'Did you mean "defineStrategy"?',
  ],
  [
    'a package that is not there',
    'package.ts',
    `\nimport lodash from 'lodash-missing'\nexport default lodash`,
    'package.ts:2: There is no package "lodash-missing" here. Install it next to the strategy: npm install lodash-missing',
  ],
  [
    'an inner file of a package',
    'inner.ts',
    `import a from '@onetape/core/src/index.ts'\nexport default a`,
    'inner.ts:1: "@onetape/core" offers no "@onetape/core/src/index.ts".',
  ],
])('says what is wrong with %s', (_, name, content, message) => {
  desk.file('there.ts', `export interface Shape { a: number }\nexport const name: string = 'there'`)
  if (content !== undefined) desk.file(name, content)
  const { status, stdout, stderr } = desk.onetape('strategies', name)
  expect(stderr).toMatch(
    new RegExp(
      message
        .split('|')
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('|'),
    ),
  )
  expect(linesOf(stderr)).toHaveLength(1)
  expect(stdout).toBe('')
  expect(status).toBe(1)
})

test('shows the stack only when asked', () => {
  desk.file('stack.ts', 'throw new Error("deep")')
  expect(desk.onetape('strategies', 'stack.ts').stderr).not.toMatch(/^\s+at /m)
  expect(desk.onetape('strategies', 'stack.ts', '--trace').stderr).toMatch(/caused by Error: deep\n\s+at /)
})

test('tells machines in JSON what is wrong', () => {
  desk.file('json.ts', 'export default 1')
  const { status, stdout } = desk.onetape('strategies', 'json.ts', '--json')
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'strategy.exports', place: 'json.ts' } })
})
