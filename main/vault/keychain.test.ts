import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const fixture = join(import.meta.dirname, 'vault.fixture.ts')
const has = (program: string) => spawnSync('which', [program]).status === 0
const missing = has('dbus-run-session') && has('gnome-keyring-daemon') ? false : 'needs dbus-run-session and gnome-keyring'

/** A person's computer: a home directory, and a real Secret Service that starts with each session. */
describe('the keychain of Linux', { skip: missing }, () => {
  let root: string
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'plugboard-keychain-'))
  })
  after(() => rm(root, { recursive: true, force: true }))

  type Session = 'unlocked' | 'locked' | 'no service' | 'no bus'
  const daemons: Record<Session, string> = {
    unlocked: 'echo -n pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null;',
    locked: 'gnome-keyring-daemon --start --components=secrets >/dev/null;',
    'no service': '',
    'no bus': '',
  }

  async function session(user: string, kind: Session, steps: string[][]): Promise<unknown[]> {
    const home = join(root, user)
    await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 })
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_RUNTIME_DIR: join(home, 'run'),
      XDG_DATA_DIRS: kind === 'no service' ? '/nonexistent' : '',
    }
    const program = [process.execPath, fixture, join(home, 'Plugboard'), JSON.stringify(steps)]
    const [command = '', ...args] =
      kind === 'no bus' ? program : ['dbus-run-session', '--', 'bash', '-c', `${daemons[kind]} exec "$@"`, 'bash', ...program]
    const { stdout } = await run(command, args, { env, timeout: 30_000 })
    return stdout
      .split('\n')
      .filter(line => /^["{[n]/.test(line))
      .map(line => JSON.parse(line))
  }

  it('keeps the key over a restart of the session', async () => {
    const [status, , value] = await session('ada', 'unlocked', [['status'], ['write', 'a', 'geheim ✓'], ['read', 'a']])
    assert.partialDeepStrictEqual(status, { protection: 'keychain', lockedRecords: 0 })
    assert.equal(value, 'geheim ✓')
    assert.deepEqual(await session('ada', 'unlocked', [['read', 'a']]), ['geheim ✓'])
  })

  it('shows the vault as locked while the collection is, and opens it again', async () => {
    await session('bob', 'unlocked', [['write', 'a', 'secret']])
    const [status, read] = await session('bob', 'locked', [['status'], ['read', 'a']])
    assert.partialDeepStrictEqual(status, { protection: 'locked', lockedRecords: 1 })
    assert.partialDeepStrictEqual(read, { error: { code: 'unauthorized', action: { kind: 'unlock' } } })
    assert.deepEqual(await session('bob', 'unlocked', [['read', 'a']]), ['secret'])
  })

  for (const kind of ['locked', 'no service', 'no bus'] as const) {
    it(`asks for a choice when a first start finds the keychain: ${kind}`, async () => {
      const user = kind.replaceAll(' ', '-')
      const [status, refused, chosen] = await session(user, kind, [
        ['status'],
        ['write', 'a', 'b'],
        ['usePassphrase', 'correct horse'],
        ['write', 'a', 'kept'],
      ])
      assert.partialDeepStrictEqual(status, { protection: 'unset' })
      assert.partialDeepStrictEqual(refused, { error: { code: 'unauthorized' } })
      assert.partialDeepStrictEqual(chosen, { protection: 'passphrase' })
      const [locked, , value] = await session(user, kind, [['status'], ['unlock', 'correct horse'], ['read', 'a']])
      assert.partialDeepStrictEqual(locked, { protection: 'locked' })
      assert.equal(value, 'kept')
    })
  }
})
