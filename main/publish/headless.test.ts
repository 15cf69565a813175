import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { spawnRelay } from '../../relay/process.fixture.ts'
import { createBrowser, owner, setUp, startTestRelay, testSettings } from '../../relay/relay.fixture.ts'
import { signInDesktop } from '../../relay/desktops/desktop.fixture.ts'
import { requestWith, startCuttingProxy } from '../../relay/releases/releases.fixture.ts'
import { readLink } from './link.ts'
import { openRelayReleases } from './relay-releases.ts'

/** An app of so many files, in a folder of its own. */
async function makeApp(
  t: TestContext,
  files = 6,
  fileBytes = 20_000,
): Promise<{ root: string; write(path: string, text: string): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'app-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  await write('config.jsonc', '{ "name": "Support desk" }')
  await write('functions/greet/entry.ts', `import { hello } from 'tiny'\nexport default async () => hello()\n`)
  await write('functions/greet/function.jsonc', '{}')
  await write('node_modules/tiny/package.json', '{ "name": "tiny", "main": "lib.js" }')
  await write('node_modules/tiny/lib.js', 'export const hello = () => "hello"\n')
  await write('node_modules/tiny/README.md', 'not needed')
  for (let at = 0; at < files; at += 1) await write(`notes/note-${at}.md`, `${at} `.repeat(fileBytes / 2))
  return { root, write }
}

function runPublish(t: TestContext, words: string[], token = '') {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'headless.ts'), ...words], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: tmpdir(),
      PLUGBOARD_HOME: join(tmpdir(), `none-${process.pid}`),
      PLUGBOARD_RELAY_TOKEN: token,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (output += text))
  const end = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  return { child, end }
}

async function open(t: TestContext) {
  const relay = await startTestRelay(t)
  const { access } = await signInDesktop(relay.url, await setUp(relay))
  const proxy = await startCuttingProxy(t, () => relay.url)
  return { relay, access, proxy, releases: openRelayReleases(requestWith(() => relay.url, access)) }
}

describe('publishing from the command line', () => {
  it('publishes a folder with what its functions import, and changes nothing the second time', async t => {
    const { relay, access, releases } = await open(t)
    const { root, write } = await makeApp(t)
    const first = await runPublish(t, [root, '--relay', relay.url, '--title', 'First version'], access).end
    assert.equal(first.code, 0, first.output)
    assert.match(first.output, /Published version 1 is live at http.*\/a\/support-desk/)
    const known = await releases.app('support-desk')
    assert.equal(known?.versions[0]?.title, 'First version')
    const paths = (await releases.manifest('support-desk', known?.versions[0]?.releaseId ?? '')).map(({ path }) => path)
    assert.deepEqual(
      paths.filter(path => !path.startsWith('notes/')),
      [
        'config.jsonc',
        'functions/greet/entry.ts',
        'functions/greet/function.jsonc',
        'node_modules/tiny/lib.js',
        'node_modules/tiny/package.json',
      ],
    )
    assert.match((await runPublish(t, [root, '--relay', relay.url], access).end).output, /Nothing to change: version 1 is live/)
    await write('functions/greet/entry.ts', 'export default async () => {')
    const broken = await runPublish(t, [root, '--relay', relay.url], access).end
    assert.equal(broken.code, 1)
    assert.match(broken.output, /^functions\/greet\/entry\.ts, line 1: greet does not compile: .*publish\.\n$/m)
    assert.equal((await releases.app('support-desk'))?.live, 1)
  })

  it('does not write over an app that this folder does not know, unless it is told which version, and can be one of its own', async t => {
    const { relay, access, releases } = await open(t)
    const [mine, theirs] = [await makeApp(t, 1), await makeApp(t, 2)]
    await runPublish(t, [theirs.root, '--relay', relay.url], access).end
    const refused = await runPublish(t, [mine.root, '--relay', relay.url], access).end
    assert.equal(refused.code, 1)
    assert.match(
      refused.output,
      /“Support desk” is on the relay under this id since \d{4}-\d\d-\d\d, version 1 by Olga Owner,.*--base 1 .*--id /,
    )
    assert.equal((await runPublish(t, [mine.root, '--relay', relay.url, '--id', 'desk-of-mine'], access).end).code, 0)
    assert.deepEqual([(await releases.app('support-desk'))?.live, (await releases.app('desk-of-mine'))?.live], [1, 1])
    assert.partialDeepStrictEqual(await readLink(mine.root), { appId: 'support-desk', relayId: 'desk-of-mine' })
    assert.equal((await runPublish(t, [mine.root, '--relay', relay.url, '--id', 'support-desk', '--base', '1'], access).end).code, 0)
    assert.equal((await releases.app('support-desk'))?.live, 2)
  })

  it('says in one sentence what is wrong with how it was asked, and never a token', async t => {
    const { relay } = await open(t)
    const { root } = await makeApp(t, 1)
    const token = 'a-token-that-the-relay-does-not-know-0123456789'
    const cases = [
      [[root], /^Use: npm run publish/],
      [[root, '--relay', relay.url, '--base', 'x'], /^Use: npm run publish/],
      [[root, '--relay', 'http://relay.example.com'], /https/],
      [[root, '--relay', relay.url], /not signed in/],
    ] as const
    const all = cases.map(async ([words, expected]) => {
      const { code, output } = await runPublish(t, [...words], token).end
      assert.equal(code, 1)
      assert.match(output, expected)
      assert.equal(output.trim().split('\n').length, 1, output)
      assert.ok(!output.includes(token))
    })
    await Promise.all(all)
  })

  it('goes on where it was when it is killed at any byte and started again', async t => {
    const { access, proxy, releases } = await open(t)
    const { root } = await makeApp(t, 8, 400_000)
    // Together less than there is to send, so that none of them comes too late.
    const cuts = [Math.random(), Math.random()].map(part => Math.floor(500 + part * 1_500_000))
    for (const cut of cuts) {
      const { child, end } = runPublish(t, [root, '--relay', proxy.url], access)
      proxy.cut(cut, () => child.kill('SIGKILL'))
      await end
      assert.equal(await releases.app('support-desk'), null, `killed after ${cut} bytes`)
    }
    const before = proxy.through()
    proxy.cut(Number.POSITIVE_INFINITY)
    const { code, output } = await runPublish(t, [root, '--relay', proxy.url], access).end
    assert.equal(code, 0, output)
    assert.ok(proxy.through() - before < 3_300_000, 'what had arrived did not travel again')
    assert.equal((await releases.app('support-desk'))?.live, 1)
  })

  it('outlives a relay that is killed in the middle, and publishes once', async t => {
    const settings = { ...(await testSettings(t, 'SQLite')), RELAY_DRAIN_SECONDS: '0' }
    let relay = spawnRelay(t, settings)
    let url = await relay.url()
    const setupUrl = (await relay.line(/Set it up, once: (\S+)/))[1] ?? ''
    const browser = createBrowser(url)
    await browser.post('/set-up', { token: new URL(setupUrl).searchParams.get('token') ?? '', ...owner })
    const { access } = await signInDesktop(url, browser)
    const proxy = await startCuttingProxy(t, () => url)
    const { root } = await makeApp(t, 8, 400_000)
    const killAt = (bytes: number) =>
      new Promise<void>((resolve, reject) => {
        proxy.cut(bytes, () => {
          relay.child.kill('SIGKILL')
          relay.exit
            .then(async () => {
              relay = spawnRelay(t, settings)
              url = await relay.url()
            })
            .then(resolve, reject)
        })
      })
    const killed = killAt(Math.floor(1000 + Math.random() * 2_500_000))
    const { code, output } = await runPublish(t, [root, '--relay', proxy.url], access).end
    await killed
    assert.equal(code, 0, output)
    assert.match(output, /Trying again/)
    const known = await openRelayReleases(requestWith(() => url, access)).app('support-desk')
    assert.deepEqual(
      known?.versions.map(({ number }) => number),
      [1],
    )
  })
})
