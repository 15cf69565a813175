import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { takeLock } from '../host/files/lock.ts'

/** The home directory of this run: `PLUGBOARD_HOME`, else `~/Plugboard`. */
export function homePath(environment: NodeJS.ProcessEnv): string {
  return resolve(environment['PLUGBOARD_HOME'] || join(homedir(), 'Plugboard'))
}

export type Home = {
  path: string
  /** Leaves the address for a second start to name. */
  announce(address: string): Promise<void>
  close(): Promise<void>
}

const holder = z.object({ pid: z.number(), address: z.string().nullable() }).catch({ pid: 0, address: null })

/**
 * Takes the home directory for this process, until it closes it or dies. Errors, each one sentence: `conflict` when another Plugboard has
 * it, `unavailable` when it cannot be written. The proof of life is a lock the operating system holds, not the number of a process:
 * `kill -9` frees it, and a number used again means nothing.
 */
export async function openHome(path: string): Promise<Home> {
  const note = join(path, 'lock')
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await probe(path)
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
  const lock = takeLock(join(path, 'lock.db'))
  if (!lock) throw alreadyOpen(path, holder.parse(await readJson(note)).address)
  const announce = (address: string | null) => writeFile(note, `${JSON.stringify({ pid: process.pid, address })}\n`, { mode: 0o600 })
  await announce(null)
  return {
    path,
    announce,
    async close() {
      await rm(note, { force: true })
      lock.release()
    },
  }
}

/** As much as a first start writes: what fails here would fail in the middle of it. */
async function probe(path: string): Promise<void> {
  const file = join(path, `.probe-${process.pid}`)
  try {
    await writeFile(file, Buffer.alloc(256 * 1024))
  } finally {
    await rm(file, { force: true }).catch(() => {})
  }
}

function cannotWrite(path: string, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return unavailable(
      `Plugboard cannot write to ${path}. Give yourself permission there, or choose another folder with PLUGBOARD_HOME.`,
      cause,
    )
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return unavailable(`The disk that holds ${path} is full. Free some space, or choose another folder with PLUGBOARD_HOME.`, cause)
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return unavailable(`${path} is a file, not a folder. Move it away, or choose another folder with PLUGBOARD_HOME.`, cause)
  return unavailable(
    `Plugboard cannot use ${path} as its folder (${String(code ?? cause)}). Choose another one with PLUGBOARD_HOME.`,
    cause,
  )
}

function alreadyOpen(path: string, address: string | null): AppError {
  const where = address ? `: open ${address}` : ' in another window'
  return new AppError('conflict', `Plugboard is already running on ${path}${where}, or stop it first.`)
}

const unavailable = (message: string, cause: unknown) => new AppError('unavailable', message, { cause })

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return null
  }
}
