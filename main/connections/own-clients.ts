import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { writeFileAtomically } from '../../host/files/atomic.ts'

const clientsFile = z.object({
  v: z.literal(1),
  clients: z.record(z.string(), z.object({ clientId: z.string().min(1), hasSecret: z.boolean() })),
})
export type OwnClients = z.infer<typeof clientsFile>['clients']

/** Ids of the user's own OAuth clients, in `oauth-clients.json` of the home directory. A damaged file is kept aside and reported. */
export function openOwnClients(home: string, report: (error: AppError) => void) {
  const path = join(home, 'oauth-clients.json')
  let known: Promise<OwnClients> | null = null

  async function load(): Promise<OwnClients> {
    const text = await readFile(path, 'utf8').catch(error => {
      if (error.code === 'ENOENT') return null
      throw new AppError('unavailable', `Plugboard cannot read ${path}. Check its permissions.`, { cause: error })
    })
    if (text === null) return {}
    try {
      return clientsFile.parse(JSON.parse(text)).clients
    } catch (cause) {
      const kept = `${path}.damaged-${Date.now()}`
      await rename(path, kept)
      report(
        new AppError(
          'unavailable',
          `The list of your OAuth clients was damaged. It is kept as ${kept}; enter the client ids again in Settings.`,
          {
            cause,
          },
        ),
      )
      return {}
    }
  }

  const read = (): Promise<OwnClients> => {
    known ??= load().catch(error => {
      known = null
      throw error
    })
    return known
  }
  return {
    read,
    async write(clients: OwnClients): Promise<void> {
      await writeFileAtomically(path, `${JSON.stringify({ v: 1, clients }, null, 2)}\n`)
      known = Promise.resolve(clients)
    },
  }
}
