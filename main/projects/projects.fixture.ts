import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import { createProjects } from './projects.ts'

/** A home directory of its own with one blank app, and ways to look at it and to edit it from outside. */
export async function openTemporary() {
  const home = await mkdtemp(join(tmpdir(), 'home-'))
  const projects = createProjects({ home })
  const { appId } = await projects.create({ name: 'Support desk' })
  const root = projects.root(appId)
  const read = (path: string) => readFile(join(root, path), 'utf8').catch(() => null)
  const edit = async (path: string, text: string) => {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), text)
  }
  const titles = async () => (await projects.history(appId)).changes.map(({ title }) => title)
  return { home, projects, appId, root, read, edit, titles }
}

/** For `assert.rejects`: an AppError with this code whose sentence has these words. */
export function fails(code: ErrorCode, words: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof AppError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.message, words)
    return true
  }
}
