import { expect, test } from 'vitest'
import { flat, minutes } from '../../test/recorded.ts'
import { runGateway } from './gateway-command.ts'

const quiet = (): void => {}

test.each([
  [['--prot', '1'], 'Did you mean "--port"?'],
  [['--port', 'x'], 'Expected a number after --port, found "x".'],
  [['--port', '99999'], 'Expected port from 0 to 65535, found 99999.'],
  [['--faults', '/nowhere.json'], '/nowhere.json: Expected a file that can be read'],
  [['--data', 'x', '--port', '0'], 'This command cannot read recorded bars.'],
])('%j is refused', async (args, text) => {
  await expect(runGateway(args, quiet)).rejects.toThrow(text)
})

test('without a port it is 4002; help starts nothing', async () => {
  const lines: string[] = []
  expect(await runGateway(['--help'], (line) => lines.push(line))).toBeUndefined()
  expect(lines.join('\n')).toContain('default 4002')
})

test('recorded bars come from who can read them', async () => {
  const lines: string[] = []
  const gateway = await runGateway(
    ['--port', '0', '--data', 'folder', '--symbols', 'aapl', '--speed', '60'],
    (line) => lines.push(line),
    async (folder, symbols) => {
      lines.push(`${folder} ${String(symbols)}`)
      return await Promise.resolve([minutes('AAPL', flat(5))])
    },
  )
  await gateway?.close()
  expect(lines[0]).toBe('folder AAPL')
  expect(lines[1]).toMatch(/^Gateway on port \d+: recorded bars of folder, account DU1234567, speed 60\.$/)
  expect(lines[2]).toContain('--state FILE keeps them over a restart')
})
