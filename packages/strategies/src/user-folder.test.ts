import { expect, test } from 'vitest'
import { userFolder } from './user-folder.ts'

test('paths start where the user stands, also when npm started us in the package folder', () => {
  expect(userFolder({}, '/project')).toBe('/project')
  expect(userFolder({ INIT_CWD: '/project/sub', npm_package_json: '/project/package.json' }, '/project')).toBe(
    '/project/sub',
  )
})

test('a program that changed the folder meant that one', () => {
  expect(userFolder({ INIT_CWD: '/elsewhere', npm_package_json: '/elsewhere/package.json' }, '/project')).toBe(
    '/project',
  )
  expect(userFolder({ INIT_CWD: '/elsewhere' }, '/project')).toBe('/project')
})
