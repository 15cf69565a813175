/** A relay for `published.ts`, in a process of its own. Its argument: after how many ms an app that nobody uses sleeps. Prints its address and the link of its first owner. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../relay/config.ts'
import { createLog } from '../relay/log.ts'
import { startRelay } from '../relay/relay.ts'

const [idleMs = '60000'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'plugboard-bench-relay-'))
const relay = await startRelay({
  config: readConfig({ PORT: '0', PLUGBOARD_RELAY_DATA: folder, RELAY_DRAIN_SECONDS: '0' }),
  version: '0.0.0',
  log: createLog(() => {}),
  apps: { idleMs: Number(idleMs) },
})
process.once('SIGTERM', () => {
  void relay.close().finally(() => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
})
process.stdout.write(`${relay.url} ${relay.setupUrl}\n`)
