/** A relay that is killed at a moment of an activation, named by DIE_AT: what is left is what was committed until then. */
import { prepareRelease } from '../apps/prepare.ts'
import { readConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import { createLog } from '../log.ts'
import { startRelay } from '../relay.ts'
import type { ReleaseHooks, Unpacked } from './activate.ts'

const config = readConfig(process.env)
const die = async () => {
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}

const moments: Record<string, Partial<ReleaseHooks>> = {
  'before preparing': { prepare: die },
  'between preparing and the switch': {
    async prepare(release: Unpacked) {
      await prepareRelease(release, (await openRelayDatabase(config)).openApp)
      await die()
    },
  },
  'after the switch': { onActivated: die },
}

const relay = await startRelay({ config, version: '1.2.3', log: createLog(), hooks: moments[process.env['DIE_AT'] ?? ''] })
process.stdout.write(`The relay is running at ${relay.url}\n`)
