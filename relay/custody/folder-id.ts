import { randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../../host/files/atomic.ts'

/** The name in this file of a folder. It is made once, by the first of several processes that start at once, and is on disk when it is answered. */
export async function idIn(file: string): Promise<string> {
  return (await read(file)) ?? make(file)
}

async function make(file: string): Promise<string> {
  const id = randomUUID()
  const whole = `${file}.${id}`
  const written = await open(whole, 'wx', 0o600)
  try {
    await written.writeFile(id)
    await written.sync()
  } finally {
    await written.close()
  }
  // Some disks know no links: there the last one names it.
  await link(whole, file).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') await rename(whole, file)
  })
  await rm(whole, { force: true })
  await syncFolder(dirname(file))
  return readFile(file, 'utf8')
}

const read = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
