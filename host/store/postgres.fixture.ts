import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const place = join(tmpdir(), `plugboard-postgres-of-${userInfo().uid}`)
const keeperProgram = join(import.meta.dirname, 'postgres-keeper.fixture.ts')
export const keeperFiles = { lock: `${place}.lock`, socket: `${place}.socket` }

/**
 * A database of its own on a real Postgres, whose order of text is that of English. The server is the one that TEST_DATABASE_URL names
 * (its user may make databases), else one that all test files share and that ends with them. Dropped at the end of its scope.
 */
export async function makeTestDatabase(): Promise<{ url: string } & AsyncDisposable> {
  const server = process.env['TEST_DATABASE_URL'] ?? (await sharedServer())
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${name} template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US'`)
  const url = new URL(server)
  url.pathname = name
  return { url: url.href, [Symbol.asyncDispose]: () => administer(server, `drop database if exists ${name} with (force)`) }
}

let shared: Promise<string> | undefined

function sharedServer(): Promise<string> {
  shared ??= findOrStart()
  return shared
}

async function findOrStart(): Promise<string> {
  let starting: ReturnType<typeof spawn> | undefined
  for (;;) {
    const keeper = await connectToKeeper()
    if (keeper) {
      // Held until this process ends: the server stays for as long.
      keeper.socket.unref()
      return keeper.url
    }
    // It made way for another keeper, which has ended since.
    if (starting?.exitCode === 0) starting = undefined
    starting ??= spawn(process.execPath, [keeperProgram], { stdio: 'ignore', detached: true })
    starting.unref()
    assert.ok(!starting.exitCode, `No Postgres could be started for the tests; “node ${keeperProgram}” says why.`)
    await pause(50)
  }
}

/** Null while no keeper answers. */
export async function connectToKeeper(): Promise<{ url: string; socket: Socket } | null> {
  const socket = connect(keeperFiles.socket)
  const { promise, resolve } = Promise.withResolvers<{ url: string; socket: Socket } | null>()
  socket.on('error', () => resolve(null))
  socket.on('close', () => resolve(null))
  socket.on('connect', () => socket.write(`${process.ppid}\n`))
  createInterface(socket)
    .on('line', url => resolve({ url, socket }))
    .on('error', () => resolve(null))
  return promise
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
