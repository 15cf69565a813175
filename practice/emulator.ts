/** The practice process: all emulators of all apps, started one by one as they are asked for. It lives as long as who started it. */
import { startRequest, type StartAnswer } from './protocol.ts'
import { createRunning } from './running.ts'

type ParentPort = { on(event: 'message', listener: (event: { data: unknown }) => void): void; postMessage(message: unknown): void }

const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort

function answer(message: StartAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Electron's port to the parent process, not a window
  if (parentPort) parentPort.postMessage(message)
  else if (process.connected) process.send?.(message)
}

const report = (problem: string): void => void process.stderr.write(`${new Date().toISOString()} practice ${problem}\n`)
const running = createRunning(report)

async function receive(message: unknown): Promise<void> {
  const { id, service, folder, redirectUri } = startRequest.parse(message)
  try {
    answer({ id, origin: await running.originOf(service, folder, redirectUri) })
  } catch (error) {
    report(`${service}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    answer({ id, error: error instanceof Error ? error.message : 'The practice account did not start.' })
  }
}

if (parentPort) parentPort.on('message', ({ data }) => void receive(data))
else process.on('message', message => void receive(message))

// Every change is on the disk before it is answered: nothing is left to do.
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => {})
