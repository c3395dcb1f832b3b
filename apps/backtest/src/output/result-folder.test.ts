import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RESULT_FILES, type ResultFile, checkResultFolder, writeResultFolder } from './result-folder.ts'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'onetape-out-'))
})
afterEach(() => rmSync(base, { recursive: true }))

function files(text: string): Record<ResultFile, () => string> {
  return Object.fromEntries(RESULT_FILES.map((name) => [name, () => text])) as Record<ResultFile, () => string>
}

test('writes a new folder with parents, and replaces an earlier result', async () => {
  const folder = checkResultFolder('a/b/result', base)
  await writeResultFolder(folder, files('one'))
  expect(readdirSync(folder).toSorted()).toEqual([...RESULT_FILES].toSorted())
  await writeResultFolder(checkResultFolder('a/b/result', base), files('two'))
  expect(readFileSync(join(folder, 'trades.csv'), 'utf8')).toBe('two')
  expect(readdirSync(join(base, 'a/b'))).toEqual(['result'])
})

test('leaves nothing behind, and the old result as it was, when a file cannot be made', async () => {
  const folder = checkResultFolder('result', base)
  const broken = {
    ...files('new'),
    'report.html': () => {
      throw new Error('no report')
    },
  }
  await expect(writeResultFolder(folder, broken)).rejects.toThrow('no report')
  expect(readdirSync(base)).toEqual([])
  await writeResultFolder(folder, files('old'))
  await expect(writeResultFolder(folder, broken)).rejects.toThrow('no report')
  expect(readFileSync(join(folder, 'result.json'), 'utf8')).toBe('old')
  expect(readdirSync(base)).toEqual(['result'])
})

test('takes an empty folder, and follows a link to it', async () => {
  mkdirSync(join(base, 'real'))
  symlinkSync(join(base, 'real'), join(base, 'link'))
  await writeResultFolder(checkResultFolder('link', base), files('x'))
  expect(existsSync(join(base, 'link/result.json'))).toBe(true)
})

test("touches nobody else's files", () => {
  writeFileSync(join(base, 'file'), '')
  expect(() => checkResultFolder('file', base)).toThrow('--out: Expected a folder, found the file "file".')
  mkdirSync(join(base, 'own'))
  writeFileSync(join(base, 'own/notes.txt'), '')
  expect(() => checkResultFolder('own', base)).toThrow('found "own" with "notes.txt"')
  writeFileSync(join(base, 'own/result.json'), '{}')
  expect(() => checkResultFolder('own', base)).toThrow('Name another folder')
  mkdirSync(join(base, 'half'))
  writeFileSync(join(base, 'half/report.html'), '')
  expect(() => checkResultFolder('half', base)).toThrow('with "report.html"')
  expect(() => checkResultFolder('file/below', base)).toThrow('Nothing can be written into')
})
