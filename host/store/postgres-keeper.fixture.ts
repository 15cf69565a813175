/**
 * The program that keeps one Postgres for all test files that run at a time. Who needs it connects to a socket, says which process runs
 * the tests, is told the server's address, and stays connected. It ends with the tests, or when nobody has needed it for a while.
 */
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { takeLock, type Lock } from '../files/lock.ts'
import { makeCluster } from './postgres-cluster.fixture.ts'
import { connectToKeeper, keeperFiles } from './postgres.fixture.ts'

const idleMs = 20_000
const lookEveryMs = 200

const lock = await takeTurn()
if (lock) await keep(lock)

/** Null when another keeper has come first. One that is about to end is waited for. */
async function takeTurn(): Promise<Lock | null> {
  for (;;) {
    const lock = takeLock(keeperFiles.lock)
    if (lock) return lock
    const known = await connectToKeeper()
    known?.socket.destroy()
    if (known) return null
    await pause(50)
  }
}

async function keep(lock: Lock): Promise<void> {
  const cluster = await makeCluster({ fsync: false })
  const users = new Set<Socket>()
  const runners = new Set<number>()
  let idleSince = Date.now()
  const server = createServer(socket => {
    users.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      users.delete(socket)
      idleSince = Date.now()
    })
    createInterface(socket).on('line', runner => runners.add(Number(runner)))
    socket.write(`${cluster.url}\n`)
  })
  rmSync(keeperFiles.socket, { force: true })
  server.listen(keeperFiles.socket)
  const looking = setInterval(() => {
    for (const pid of runners) if (!isAlive(pid)) runners.delete(pid)
    const idleForMs = Date.now() - idleSince
    if (users.size > 0 || idleForMs < (runners.size > 0 ? idleMs : 2 * lookEveryMs)) return
    clearInterval(looking)
    server.close()
    void cluster.remove().then(() => lock.release())
  }, lookEveryMs)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
