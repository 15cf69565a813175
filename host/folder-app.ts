import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { builder } from '../core/app-user.ts'
import { AppError } from '../core/errors.ts'
import { watchApp } from './app/watch.ts'
import { explainWriteError } from './files/atomic.ts'
import { takeLock } from './files/lock.ts'
import { createBundleCache } from './functions/bundle-cache.ts'
import { startApp, type RunningApp, type StartOptions } from './running-app.ts'
import { openDatabase } from './store/database.ts'
import { sqliteEngine } from './store/sqlite-engine.ts'

/**
 * Starts the app of a folder that people edit: its database is a file in it, and changed files are followed. Errors: `conflict` when
 * another process runs it, `unavailable` when its folder or its database cannot be used.
 */
export async function startFolderApp(
  options: Pick<StartOptions, 'appId' | 'path' | 'credentials' | 'budgets' | 'report'>,
): Promise<RunningApp> {
  const { appId, path } = options
  const local = join(path, '.plugboard')
  await mkdir(local, { recursive: true, mode: 0o700 }).catch(error => {
    throw explainWriteError(error, local)
  })
  const lock = takeLock(join(local, 'lock.db'))
  if (!lock) throw new AppError('conflict', `Another Plugboard is running the app in ${path}. Close it there first.`)
  try {
    const file = openDatabase(join(local, 'app.db'))
    const close = async () => {
      file.close()
      lock.release()
    }
    const openFiles: StartOptions['openFiles'] = onChange => watchApp(appId, path, onChange)
    return await startApp({
      ...options,
      bundles: createBundleCache(path),
      database: sqliteEngine(file),
      soleUser: builder,
      openFiles,
      runsFlows: true,
      onClosed: close,
    })
  } catch (error) {
    lock.release()
    throw error
  }
}
