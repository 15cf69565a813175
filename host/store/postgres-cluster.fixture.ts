import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** A Postgres server of the tests, from Debian's programs, in a temporary folder. It answers on a socket in that folder alone, and dies with this process. */
export type Cluster = {
  url: string
  /** `immediate` is a crash: what it had not written to its files has to come from its log. */
  stop(how?: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

const programs = '/usr/lib/postgresql'

export async function makeCluster({ fsync }: { fsync: boolean }): Promise<Cluster> {
  const bin = newestPrograms()
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-postgres-'))
  const user = notRoot()
  if (user) await chown(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  // Its order of text is that of English, so that a query which relies on the database's own is found.
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US']
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', ...locale], {
    ...user,
    stdio: 'ignore',
    cwd: folder,
  })
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`
  const settings = {
    fsync: fsync ? 'on' : 'off',
    listen_addresses: '',
    unix_socket_directories: folder,
    max_connections: '200',
    shared_buffers: '32MB',
  }
  let server: ReturnType<typeof spawn> | undefined

  const cluster: Cluster = {
    url,
    async start() {
      const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
      server = spawn('setpriv', ['--pdeathsig', 'INT', join(bin, 'postgres'), '-D', data, ...words], {
        ...user,
        stdio: 'ignore',
        cwd: folder,
      })
      await answers(url, server)
    },
    async stop(how = 'fast') {
      if (!server || server.exitCode !== null || server.signalCode !== null) return
      const ended = once(server, 'exit')
      server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
      await ended
    },
    async remove() {
      await cluster.stop('immediate')
      await rm(folder, { recursive: true, force: true })
    },
  }
  await cluster.start()
  return cluster
}

function newestPrograms(): string {
  const versions = existsSync(programs) ? readdirSync(programs).map(Number).filter(Number.isFinite) : []
  assert.ok(
    versions.length,
    `There is no Postgres in ${programs}. Install it (on Debian: apt-get install postgresql) or name a server in TEST_DATABASE_URL.`,
  )
  return join(programs, String(Math.max(...versions)), 'bin')
}

/** Postgres refuses to run as root: then it runs as the user that Debian's package makes. */
function notRoot(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (kind: '-u' | '-g') => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function answers(url: string, server: ReturnType<typeof spawn>): Promise<void> {
  for (;;) {
    assert.equal(server.exitCode, null, 'Postgres ended while it was being started.')
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      return
    } catch {
      await pause(20)
    } finally {
      await client.end().catch(() => {})
    }
  }
}
