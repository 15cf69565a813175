import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Teardown } from '../relay/relay.fixture.ts'
import { test as base } from './app.ts'

type Place = { ends: Teardown; practice: string }

/** Practice accounts as a service of their own, so that they outlive the desktop. */
export const test = base.extend<Place>({
  ends: async ({}, use) => {
    await using stack = new AsyncDisposableStack()
    await use({ after: end => stack.defer(async () => end()) })
  },
  practice: async ({ ends }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'practice-'))
    ends.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))
    const child = spawn(process.execPath, [join(import.meta.dirname, '../practice/serve.ts')], {
      env: { PATH: process.env['PATH'] ?? '', PRACTICE_PORT: '0', PRACTICE_DATA: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    ends.after(async () => {
      child.kill()
      await once(child, 'close')
    })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    await use(/http:\/\/\S+/.exec(line)?.[0] ?? '')
  },
  start: async ({ practice }, use) => use({ env: { PLUGBOARD_PRACTICE_URL: practice } }),
})
