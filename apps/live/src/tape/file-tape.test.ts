import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FileTape, readTape } from './file-tape.ts'

function place(): string {
  return join(mkdtempSync(join(tmpdir(), 'onetape-tape-')), 'run', 'tape.ndjson')
}

test('what was appended is read again, in order', () => {
  const path = place()
  const first = new FileTape(path)
  expect(first.lines).toEqual([])
  for (let time = 0; time < 100; time++) first.append({ kind: 'resumed', time })
  first.close()
  const second = new FileTape(path)
  expect(second.lines).toEqual(Array.from({ length: 100 }, (_, time) => ({ kind: 'resumed', time })))
  second.append({ kind: 'stopped', time: 100 })
  expect(readTape(path).lines).toHaveLength(100)
  second.commit(false)
  expect(readTape(path).lines).toHaveLength(101)
  second.close()
  expect(readTape(path).lines).toHaveLength(101)
})

test('a second trader on one tape is refused, and the name of its process said', () => {
  const tape = new FileTape(place())
  expect(() => new FileTape(tape.path)).toThrow(`in use by process ${process.pid}`)
  tape.close()
  expect(existsSync(`${tape.path}.lock`)).toBe(false)
})

test('the lock of a process that was killed is taken over', () => {
  const path = place()
  new FileTape(path).close()
  const { pid } = spawnSync(process.execPath, ['-e', '0'])
  writeFileSync(`${path}.lock`, `${pid}\n`)
  const tape = new FileTape(path)
  expect(readFileSync(`${path}.lock`, 'utf8')).toBe(`${process.pid}\n`)
  tape.close()
})

test('half a line at the end, as a crash leaves it, is cut off', () => {
  const path = place()
  const tape = new FileTape(path)
  tape.append({ kind: 'resumed', time: 1 })
  tape.close()
  appendFileSync(path, '{"kind":"stop')
  const again = new FileTape(path)
  again.append({ kind: 'stopped', time: 2 })
  again.close()
  expect(readTape(path).lines).toEqual([
    { kind: 'resumed', time: 1 },
    { kind: 'stopped', time: 2 },
  ])
})

test('a damaged line inside is an error with its place, and the lock is given back', () => {
  const path = place()
  new FileTape(path).close()
  writeFileSync(path, '{"kind":"resumed","time":1}\nrubbish\n{"kind":"stopped","time":2}\n')
  expect(() => new FileTape(path)).toThrow(/found "rubbish"/)
  expect(existsSync(`${path}.lock`)).toBe(false)
})
