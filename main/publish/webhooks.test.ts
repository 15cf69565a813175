import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { signInDesktop } from '../../relay/desktops/desktop.fixture.ts'
import { appOn, hookedApp } from '../../relay/hooks/hooks.fixture.ts'
import { joinAs } from '../../relay/relay.fixture.ts'
import { requestWith, startPublishing } from '../../relay/releases/releases.fixture.ts'
import { createWebhooks, curlCommand } from './webhooks.ts'

const run = promisify(execFile)

/** What a shell would give to curl: its arguments. */
async function argumentsOf(command: string): Promise<string[]> {
  const { stdout } = await run('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`])
  return stdout.split('\0').slice(0, -1)
}

/** Sends what curl would send. */
async function curl([, url = '', ...rest]: string[]): Promise<Response> {
  const values = (flag: string) => rest.flatMap((word, index) => (rest[index - 1] === flag ? [word] : []))
  const headers = values('-H').map(line => line.split(/: (.*)/s).slice(0, 2) as [string, string])
  return fetch(url, { method: 'POST', headers, body: values('--data-raw')[0] ?? '' })
}

async function openDesktop(t: TestContext) {
  const { relay, browser, access } = await startPublishing(t)
  const app = appOn(() => relay.url, access, relay.settings, 'desk')
  await app.publish(
    hookedApp({ order: { trigger: {} }, issue: { trigger: { source: 'github' } }, paid: { trigger: { source: 'stripe' } } }),
  )
  return {
    relay,
    browser,
    app,
    webhooks: createWebhooks(
      requestWith(() => relay.url, access),
      async id => id,
    ),
  }
}

describe('the desktop’s webhooks', () => {
  it('a flow’s address is asked of the relay, its secret only when someone wants it, and its test command is taken there', async t => {
    const { app, webhooks } = await openDesktop(t)
    const found = await webhooks.find({ appId: 'desk', flow: 'issue' })
    assert.deepEqual([found?.name, found?.source, found?.hasSecret, found?.secretFrom], ['issue', 'github', true, 'relay'])
    const { secret } = await webhooks.secret({ appId: 'desk', name: 'issue' })
    assert.ok(secret && !JSON.stringify(found).includes(secret))
    assert.equal(await webhooks.find({ appId: 'desk', flow: 'not there' }), null)

    const body = { action: 'opened', title: "it's “$HOME” `id`\n\\" }
    const { command } = await webhooks.testCommand({ appId: 'desk', name: 'issue', body })
    assert.ok(!command.includes(secret), 'a signature is enough')
    assert.equal((await curl(await argumentsOf(command))).status, 200)
    const [ran] = await app.ended(1)
    assert.deepEqual(ran?.trigger.data, body)
    const [delivery] = await webhooks.deliveries({ appId: 'desk', name: 'issue' })
    assert.equal(delivery?.outcome === 'taken' && delivery.run?.state, 'succeeded')
  })

  it('a new secret ends the old one, and one that the sender makes is entered', async t => {
    const { webhooks } = await openDesktop(t)
    const [issue, paid] = [
      { appId: 'desk', name: 'issue' },
      { appId: 'desk', name: 'paid' },
    ]
    const { command } = await webhooks.testCommand({ ...issue, body: {} })
    const before = await webhooks.secret(issue)
    await webhooks.changeSecret(issue)
    assert.notDeepEqual(await webhooks.secret(issue), before)
    assert.equal((await curl(await argumentsOf(command))).status, 401)

    await assert.rejects(webhooks.testCommand({ ...paid, body: {} }), { code: 'conflict' })
    await assert.rejects(webhooks.changeSecret({ ...paid, secret: 'short' }), { message: 'A secret has 16 characters at least.' })
    assert.equal((await webhooks.changeSecret({ ...paid, secret: 'whsec_that-stripe-shows' })).hasSecret, true)
  })

  it('a viewer of the workspace is told who may, and a relay that is away says so', async t => {
    const { relay, browser } = await openDesktop(t)
    const viewer = await joinAs(relay, browser, { email: 'viewer@example.com', role: 'viewer' })
    const { access } = await signInDesktop(relay.url, viewer)
    const theirs = createWebhooks(
      requestWith(() => relay.url, access),
      async id => id,
    )
    const hook = { appId: 'desk', name: 'order' }
    const forbidden = { code: 'forbidden', message: 'As a viewer you may not publish apps. Ask an editor of this workspace.' }
    await assert.rejects(theirs.find({ appId: 'desk', flow: 'order' }), forbidden)
    await assert.rejects(theirs.secret(hook), forbidden)
    await assert.rejects(theirs.changeSecret(hook), forbidden)
    await assert.rejects(theirs.testCommand({ ...hook, body: {} }), forbidden)
    await assert.rejects(theirs.deliveries(hook), forbidden)
    await relay.close()
    await assert.rejects(theirs.deliveries(hook), { code: 'unavailable' })
  })

  it('whatever a body says, a shell gives it to curl as it is', async () => {
    const text = fc.string({ unit: 'grapheme' }).filter(each => !each.includes('\0'))
    await fc.assert(
      fc.asyncProperty(text, async body => {
        const words = await argumentsOf(curlCommand({ url: "https://x.test/a'b", headers: { 'x-a': "it's" } }, body))
        assert.deepEqual(words, ['-i', "https://x.test/a'b", '-H', "x-a: it's", '--data-raw', body])
      }),
      { numRuns: 25 },
    )
  })
})
