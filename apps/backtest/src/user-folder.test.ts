import { expect, test } from 'vitest'
import { userFolder } from './user-folder.ts'

test('paths start where the user stands, also when npm started us in the package folder', () => {
  expect(userFolder({}, '/work')).toBe('/work')
  expect(userFolder({ INIT_CWD: '/work/sub', npm_package_json: '/work/package.json' }, '/work')).toBe('/work/sub')
})

test('a program that changed the folder meant that one', () => {
  expect(userFolder({ INIT_CWD: '/elsewhere', npm_package_json: '/elsewhere/package.json' }, '/work')).toBe('/work')
  expect(userFolder({ INIT_CWD: '/elsewhere' }, '/work')).toBe('/work')
})
