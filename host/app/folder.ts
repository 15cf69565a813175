import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** Names at the top of an app's folder that belong to the app. Nothing else is read or watched, however large it is. */
export const appFolders = ['entities', 'functions', 'workflows', 'connectors', 'pages'] as const
export const configFiles = ['config.jsonc', 'config.json'] as const

export const maxFileBytes = 1024 * 1024

export type Entry = { name: string; isFolder: boolean }

/** An app's folder, read without ever leaving it: a link that leads outside counts as absent. Paths are relative, with `/`. What was read once is not read again. */
export type Folder = {
  /** What is in a folder, by name; hidden entries and node_modules left out. Empty when there is no such folder. */
  list(path: string): Promise<Entry[]>
  /** The text of a file; null when it is absent. Throws an Error whose message is a sentence about the file. */
  read(path: string): Promise<string | null>
}

export async function openFolder(root: string): Promise<Folder> {
  const realRoot = await realpath(root)

  async function inside(path: string): Promise<string | null> {
    const real = await realpath(join(root, path)).catch(() => null)
    return real !== null && (real === realRoot || real.startsWith(realRoot + sep)) ? real : null
  }

  async function list(path: string): Promise<Entry[]> {
    const real = await inside(path)
    const entries = real === null ? [] : await readdir(real, { withFileTypes: true }).catch(() => [])
    const found: Entry[] = []
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
      const target = entry.isSymbolicLink() ? await inside(`${path}/${entry.name}`) : null
      const info = target ? await stat(target).catch(() => null) : entry
      if (info?.isDirectory() || info?.isFile()) found.push({ name: entry.name, isFolder: info.isDirectory() })
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async function read(path: string): Promise<string | null> {
    const real = await inside(path)
    if (real === null) return null
    const info = await stat(real).catch(() => null)
    if (!info?.isFile()) return null
    if (info.size > maxFileBytes) throw tooLarge()
    const bytes = await readFile(real).catch((cause: unknown) => {
      throw new Error('This file cannot be read. Check its permissions.', { cause })
    })
    return decode(bytes)
  }

  return { list: once(list), read: once(read) }
}

function once<T>(ask: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>()
  return path => {
    const known = asked.get(path) ?? ask(path)
    asked.set(path, known)
    return known
  }
}

export const tooLarge = () => new Error('This file is over 1 MB, too large for a file of an app.')

export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Error('This file is not UTF-8 text.', { cause })
  }
}
