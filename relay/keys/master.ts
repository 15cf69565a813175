import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { writeFileAtomically } from '../../host/files/atomic.ts'
import type { RelayConfig } from '../config.ts'
import { keyBytes, keyIdOf } from './seal.ts'

export type MasterKey = { id: string; bytes: Buffer }

/** `all` open data keys; `current` wraps new ones. */
export type MasterKeys = { current: MasterKey; all: MasterKey[] }

type Place = Pick<RelayConfig, 'dataFolder' | 'key' | 'newKey'>

const named = (bytes: Buffer): MasterKey => ({ id: keyIdOf(bytes), bytes })
const keyFile = ({ dataFolder }: Place) => join(dataFolder, 'master.key')
const nextFile = (place: Place) => `${keyFile(place)}.next`

/**
 * The key from RELAY_KEY, or the one in the data folder, which is made when there is none. `made` is its file then: its owner has to
 * hear that it must be backed up. Errors: `unavailable` when the file is damaged or cannot be written.
 */
export async function readMasterKeys(place: Place): Promise<MasterKeys & { made: string | null }> {
  if (place.key) return { ...withOthers(named(place.key), place.newKey && named(place.newKey)), made: null }
  const found = await readKeyFile(keyFile(place))
  // A rotation that was cut off may have wrapped some data keys already.
  const next = await readKeyFile(nextFile(place))
  if (found) return { ...withOthers(named(found), next && named(next)), made: null }
  if (next) return { ...withOthers(named(next), null), made: null }
  await mkdir(place.dataFolder, { recursive: true, mode: 0o700 })
  return { ...withOthers(named(await makeKeyFile(keyFile(place))), null), made: keyFile(place) }
}

/**
 * The key that a rotation leads to, kept where a crash does not lose it, and what to do when no data key needs the old one any more.
 * Errors: `validation` when the key comes from RELAY_KEY and RELAY_NEW_KEY is missing.
 */
export async function prepareNextKey(place: Place): Promise<{ next: MasterKey; finish(): Promise<void> }> {
  if (place.key) {
    if (!place.newKey || place.newKey.equals(place.key))
      throw new AppError(
        'validation',
        'Set RELAY_NEW_KEY to the key that takes the place of RELAY_KEY: “openssl rand -base64 32” makes one.',
      )
    return { next: named(place.newKey), finish: async () => {} }
  }
  const bytes = (await readKeyFile(nextFile(place))) ?? (await makeKeyFile(nextFile(place)))
  return { next: named(bytes), finish: () => rename(nextFile(place), keyFile(place)) }
}

const withOthers = (current: MasterKey, other: MasterKey | null): MasterKeys => ({ current, all: other ? [current, other] : [current] })

async function readKeyFile(file: string): Promise<Buffer | null> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw new AppError('unavailable', `The master key in ${file} cannot be read. Give the relay permission to read it.`, { cause })
  })
  if (text === null) return null
  const bytes = Buffer.from(text.trim(), 'base64')
  if (bytes.length === keyBytes) return bytes
  // A new key in its place would make what it protects unreadable without a word.
  throw new AppError(
    'unavailable',
    `The master key in ${file} is damaged. Put its backup in its place, or move it away to start with a new one.`,
  )
}

/** Makes a key that is on disk, whole, before anything is protected with it. Of two processes that start at once, both get the one that was first. */
async function makeKeyFile(file: string): Promise<Buffer> {
  const bytes = randomBytes(keyBytes)
  const own = `${file}.${randomUUID()}`
  await writeFileAtomically(own, `${bytes.toString('base64')}\n`)
  try {
    await link(own, file)
    return bytes
  } catch (cause) {
    const found = await readKeyFile(file)
    if (found) return found
    throw new AppError(
      'unavailable',
      `The master key cannot be kept in ${file}. Choose another folder with PLUGBOARD_RELAY_DATA, or set RELAY_KEY.`,
      { cause },
    )
  } finally {
    await rm(own, { force: true })
  }
}
