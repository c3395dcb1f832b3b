import type { Gateway } from '@onetape/ibkr-simulator'
import { userFolder } from '@onetape/strategies'
import { redactedAccount } from '../config/effective-config.ts'
import { checkGateway, type Finding } from '../doctor/check-gateway.ts'
import { startSimulator } from '../link/embedded-gateway.ts'
import { type ConnectFlags, configOf } from './flags.ts'

/** Checks a TWS or Gateway and prints what was found; exit code 1 when something must be changed. */
export async function doctorCommand(flags: ConnectFlags & { readonly json?: boolean }): Promise<void> {
  const { config } = configOf(flags)
  let gateway: Gateway | undefined
  try {
    if (config.gateway.port === undefined)
      gateway = await startSimulator({ port: 0, speed: 1, seed: 1, symbols: config.symbols }, userFolder())
    const { host, clientId } = config.gateway
    const port = gateway?.port ?? config.gateway.port!
    const findings = await checkGateway({ config, host: gateway === undefined ? host : '127.0.0.1', port, clientId })
    const bad = findings.filter((finding) => finding.verdict === 'bad').length
    if (flags.json === true) process.stdout.write(`${JSON.stringify({ ok: bad === 0, findings }, null, 2)}\n`)
    else {
      const where = gateway === undefined ? `${host}:${port}` : 'the embedded simulator'
      process.stdout.write(
        `Checking ${where} as client ${clientId}${config.account === undefined ? '' : `, account ${redactedAccount(config.account)}`}\n`,
      )
      for (const finding of findings) process.stdout.write(lineOf(finding))
    }
    if (bad > 0) process.exitCode = 1
  } finally {
    await gateway?.close()
  }
}

function lineOf({ verdict, name, found, advice }: Finding): string {
  const mark = { good: 'ok  ', note: 'note', bad: 'BAD ' }[verdict]
  return `${mark} ${name.padEnd(16)} ${found}\n${advice === undefined ? '' : `     ${advice}\n`}`
}
