/** `npm run relay`: a relay in this process. `npm run relay -- rotate-key` gives it a new master key instead. */
import manifest from '../package.json' with { type: 'json' }
import { AppError } from '../core/errors.ts'
import { readConfig } from './config.ts'
import { rotateMasterKey } from './keys/rotate.ts'
import { createLog } from './log.ts'
import { createOutbound } from './outbound/outbound.ts'
import { startRelay } from './relay.ts'

const parentCheckMs = 500
const log = createLog()

async function serve(): Promise<void> {
  const config = readConfig(process.env)
  const outbound = createOutbound({ allowedHosts: config.privateHosts })
  outbound.guardProcess()
  const relay = await startRelay({ config, version: manifest.version, log, outbound })
  endWhenAsked(relay.close)
  process.on('uncaughtException', cause => log.report(AppError.from(cause)))
  log.info(`The relay is running at ${relay.url}`, { url: relay.url })
  // The one line with a secret in it: who reads the terminal of a new relay is its owner.
  if (relay.setupUrl) process.stdout.write(`Set it up, once: ${relay.setupUrl}\n`)
  if (config.url && !(await relay.reachesItself()))
    log.warn(
      `RELAY_URL (${config.url}) does not lead to this relay. Nobody can sign in or connect until it does: check the address, its DNS and the proxy in front.`,
    )
}

async function rotate(): Promise<void> {
  const { wrapped, lost, instruction } = await rotateMasterKey(readConfig(process.env))
  log.info(`The master key was changed: ${wrapped} keys are protected by the new one. ${instruction}`, { wrapped, lost })
}

/** The first signal ends in order, a second one at once. Under npm, the end of the shell between us counts as one. */
function endWhenAsked(close: () => Promise<void>): void {
  let closing = false
  const end = () => {
    if (closing) return process.exit(130)
    closing = true
    close().then(
      () => process.exit(0),
      (cause: unknown) => {
        log.report(AppError.from(cause))
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  const parent = Number(process.env['PLUGBOARD_PARENT'])
  if (parent) setInterval(() => process.ppid === parent || closing || end(), parentCheckMs).unref()
}

const commands: Record<string, () => Promise<void>> = { serve, 'rotate-key': rotate }

async function start([name = 'serve', ...rest]: string[]): Promise<void> {
  const command = rest.length ? undefined : commands[name]
  if (!command)
    throw new AppError(
      'validation',
      `The relay knows ${Object.keys(commands).join(' and ')}, and no options: its settings are environment variables.`,
    )
  await command()
}

start(process.argv.slice(2)).catch((error: unknown) => {
  log.report(AppError.from(error))
  process.exit(1)
})
