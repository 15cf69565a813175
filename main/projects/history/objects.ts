import { createHash, randomUUID } from 'node:crypto'
import * as files from 'node:fs/promises'
import { join } from 'node:path'
import { init, readBlob, readCommit, readTree, writeBlob, writeCommit, writeTree, type CommitObject, type TreeEntry } from 'isomorphic-git'
import { writeFileAtomically } from '../../../host/files/atomic.ts'

export type TreeChange = { path: string; oid: string | null }

/** A git repository without a work tree of its own: blobs, trees and commits by their ids, and one branch. Any git can read it. */
export type Objects = ReturnType<typeof openObjects>

/** The id git gives to a file's content. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

export function openObjects(gitdir: string) {
  const fs = { promises: { ...files, writeFile: writeObjectFile } }
  const branch = join(gitdir, 'refs', 'heads', 'main')

  async function entriesOf(tree: string | null): Promise<TreeEntry[]> {
    return tree === null ? [] : (await readTree({ fs, gitdir, oid: tree })).tree
  }

  return {
    init: () => init({ fs, gitdir, bare: true, defaultBranch: 'main' }),
    /** The commit the branch points to; null before the first. */
    async head(): Promise<string | null> {
      const text = await files.readFile(branch, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      return text.trim() || null
    },
    setHead: (commit: string) => writeFileAtomically(branch, `${commit}\n`),
    readBlob: async (oid: string) => (await readBlob({ fs, gitdir, oid })).blob,
    writeBlob: (blob: Uint8Array) => writeBlob({ fs, gitdir, blob }),
    readCommit: async (oid: string) => (await readCommit({ fs, gitdir, oid })).commit,
    writeCommit: (commit: CommitObject) => writeCommit({ fs, gitdir, commit }),

    /** Every file below a tree. */
    async filesOf(tree: string): Promise<Map<string, string>> {
      const all = new Map<string, string>()
      await visit(tree, '')
      return all

      async function visit(oid: string, above: string): Promise<void> {
        for (const entry of await entriesOf(oid)) {
          if (entry.type === 'tree') await visit(entry.oid, `${above}${entry.path}/`)
          else all.set(above + entry.path, entry.oid)
        }
      }
    },

    /** What a file is in a tree; null when it is not there. Reads only the folders on the way. */
    async fileIn(tree: string | null, path: string): Promise<string | null> {
      let oid = tree
      for (const name of path.split('/')) oid = (await entriesOf(oid)).find(entry => entry.path === name)?.oid ?? null
      return oid
    },

    /** The tree with these files changed. Writes only the folders that change; a folder without files is gone. */
    async changeTree(tree: string | null, changes: readonly TreeChange[]): Promise<string> {
      return (await edit(tree, changes)) ?? writeTree({ fs, gitdir, tree: [] })
    },
  }

  async function edit(tree: string | null, changes: readonly TreeChange[]): Promise<string | null> {
    const entries = new Map((await entriesOf(tree)).map(entry => [entry.path, entry]))
    const inside = new Map<string, TreeChange[]>()
    for (const { path, oid } of changes) {
      const slash = path.indexOf('/')
      if (slash >= 0) {
        const name = path.slice(0, slash)
        inside.set(name, [...(inside.get(name) ?? []), { path: path.slice(slash + 1), oid }])
      } else if (oid === null) {
        if (entries.get(path)?.type === 'blob') entries.delete(path)
      } else {
        entries.set(path, { mode: '100644', path, oid, type: 'blob' })
      }
    }
    for (const [name, below] of inside) {
      const known = entries.get(name)
      const oid = await edit(known?.type === 'tree' ? known.oid : null, below)
      if (oid !== null) entries.set(name, { mode: '040000', path: name, oid, type: 'tree' })
      else if (known?.type === 'tree') entries.delete(name)
    }
    return entries.size ? writeTree({ fs, gitdir, tree: [...entries.values()] }) : null
  }
}

/**
 * isomorphic-git writes an object in place and never again once the file exists: after a crash in the middle, half an object would stay for
 * ever. So it is written beside, and then renamed.
 */
async function writeObjectFile(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  const file = await files.open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(data)
    await file.datasync()
  } finally {
    await file.close()
  }
  await files.rename(temporary, path)
}
