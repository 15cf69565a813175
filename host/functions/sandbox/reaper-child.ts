/** The program that the test of the reaper kills: it runs code that never ends in a sandbox, and prints the sandbox's number. */
import { writeSync } from 'node:fs'
import { startSandbox } from './process.ts'

const sandbox = startSandbox(64)
await sandbox.ready
sandbox.onMessage(message => {
  if (message.type === 'log') writeSync(1, `${sandbox.pid}\n`)
  if (message.type === 'loaded') sandbox.send({ type: 'call', id: 1, input: null })
})
sandbox.send({
  type: 'load',
  url: `data:text/javascript,${encodeURIComponent("export default () => { console.log('begun'); for (;;); }")}`,
})
await sandbox.exited
