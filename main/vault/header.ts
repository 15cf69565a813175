import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomically } from '../../host/files/atomic.ts'
import { wrapping } from './passphrase.ts'

const protectedKey = z.discriminatedUnion('protection', [
  z.object({ keyId: z.string().min(1), protection: z.literal('keychain'), check: z.string() }),
  z.object({ keyId: z.string().min(1), protection: z.literal('passphrase'), check: z.string(), wrapping }),
])
export type ProtectedKey = z.infer<typeof protectedKey>

/** `vault.json`: which keys records are sealed with, the one in use first. Keys that were lost stay, should they come back. */
const header = z.object({ v: z.literal(1), keys: z.array(protectedKey).min(1) })
export type Header = z.infer<typeof header>

const fileOf = (folder: string) => join(folder, 'vault.json')

/** `damaged`: there is a file that this version cannot read. */
export async function readHeader(folder: string): Promise<Header | 'none' | 'damaged'> {
  const text = await readFile(fileOf(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return 'none'
  try {
    return header.parse(JSON.parse(text))
  } catch {
    return 'damaged'
  }
}

export const writeHeader = (folder: string, keys: ProtectedKey[]): Promise<void> =>
  writeFileAtomically(fileOf(folder), `${JSON.stringify({ v: 1, keys } satisfies Header, null, 2)}\n`)

/** Moves a damaged header out of the way. It is kept: it may hold the only copy of a wrapped key. */
export async function setHeaderAside(folder: string): Promise<void> {
  await rename(fileOf(folder), `${fileOf(folder)}.damaged-${Date.now()}`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
