import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { libraryScript, pageScript, withoutModuleSyntax } from './page-files.ts'

test('modules lose their imports and exports and nothing else', () => {
  expect(
    withoutModuleSyntax(
      "import { a } from './a.js'\nexport function b() {}\nexport const c = 'export '\n// import x\n",
    ),
  ).toBe("function b() {}\nconst c = 'export '\n// import x\n")
})

test("the page's script is one valid classic script", () => {
  const script = pageScript()
  expect(script).not.toMatch(/^(import|export) /m)
  expect(() => new Script(script)).not.toThrow()
})

test('libraries carry their licence', () => {
  expect(libraryScript('uplot')).toContain('The MIT License')
  expect(libraryScript('lightweight-charts')).toContain('Apache License')
})
