import { isInputError } from '@onetape/core'
import { runGateway } from './command/gateway-command.ts'

try {
  const gateway = await runGateway(process.argv.slice(2), (line) => console.log(line))
  const stop = (): void => {
    void gateway?.close().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
} catch (error) {
  console.error(isInputError(error) ? error.message : error)
  process.exitCode = 1
}
