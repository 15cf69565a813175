import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function isGone(pid: number): Promise<boolean> {
  for (const deadline = performance.now() + 20_000; isThere(pid); await pause(5)) if (performance.now() > deadline) return false
  return true
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const)
  test(`code that loops without end is gone after its host has ended by ${signal}`, async t => {
    const host = spawn(process.execPath, [join(import.meta.dirname, 'reaper-child.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => host.kill('SIGKILL'))
    const [said] = (await once(host.stdout, 'data')) as [Buffer]
    const sandbox = Number(said.toString())
    t.after(() => isThere(sandbox) && process.kill(sandbox, 'SIGKILL'))
    assert.ok(isThere(sandbox), 'the sandbox runs')
    host.kill(signal)
    await once(host, 'exit')
    assert.ok(await isGone(sandbox), `the sandbox ${sandbox} runs on`)
  })
