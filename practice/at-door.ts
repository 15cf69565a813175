import { AppError } from '../core/errors.ts'
import type { Origins } from './origins.ts'
import { doorAnswer, doorInfo, type DoorRequest } from './protocol.ts'
import { isLoopback } from './oauth-clients.ts'

const patienceMs = 20_000

/**
 * Practice accounts of the service at `url`. `setting`: the name of the variable that holds the address. Errors: `validation` for an
 * address that is not on this machine.
 */
export function atDoor(url: string, setting: string): Origins {
  if (!isLoopback(url))
    throw new AppError(
      'validation',
      `${setting} must be the address that “npm run practice” printed, on this machine: practice accounts answer to no other.`,
    )

  async function ask(path: string, body?: DoorRequest): Promise<unknown> {
    try {
      const response = await fetch(new URL(path, url), {
        ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs),
      })
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
      return await response.json()
    } catch (cause) {
      throw new AppError(
        'unavailable',
        `The practice accounts at ${url} do not answer. Start them with “npm run practice”, then try again.`,
        {
          cause,
          action: { kind: 'retry' },
        },
      )
    }
  }

  return {
    of: async (app, service, redirectUri) => doorAnswer.parse(await ask('/accounts', { app, service, redirectUri })).origin,
    serviceId: async () => doorInfo.parse(await ask('/')).practice,
    close: async () => {},
  }
}
