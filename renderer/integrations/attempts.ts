import { create } from 'zustand'
import { AppError } from '../../core/errors.ts'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { queryClient } from '../query.ts'
import { toast } from '../ui/toast.tsx'
import { openVault } from '../vault/vault-gate.ts'

type ConnectInput = Parameters<typeof client.connections.connect>[0]

/** One sign-in that is under way or has failed. */
export type Attempt = {
  phase: 'starting' | 'waiting' | 'exchanging' | 'failed'
  practice: boolean
  /** The provider's page, for when no browser has come up. */
  authorizationUrl: string | null
  error: AppError | null
  input: ConnectInput
  stop: AbortController
}

/** By `attemptKey`: an attempt goes on when the card that started it is out of sight. */
export const useAttempts = create<{ attempts: Record<string, Attempt> }>(() => ({ attempts: {} }))

export const attemptKey = (input: { appId: string; connector: string; connectionId?: string }): string =>
  [input.appId, input.connector, input.connectionId ?? ''].join('/')

/** Signs in to a tool. A second call for the same place ends the first attempt. */
export async function connect(input: ConnectInput): Promise<void> {
  const key = attemptKey(input)
  useAttempts.getState().attempts[key]?.stop.abort()
  const stop = new AbortController()
  const update = (change: Partial<Attempt>): void => {
    const current = useAttempts.getState().attempts[key]
    if (current?.stop === stop) put(key, { ...current, ...change })
  }
  put(key, { phase: 'starting', practice: input.practice ?? false, authorizationUrl: null, error: null, input, stop })
  try {
    if (!(await openVault())) return end(key, stop)
    const { shell } = await queryClient.ensureQueryData({ queryKey: keys.info, queryFn: () => client.system.info() })
    for await (const event of await client.connections.connect(input, { signal: stop.signal })) {
      if (event.type === 'opened') {
        // Electron's main has opened the browser already.
        if (shell === 'serve') window.open(event.authorizationUrl, '_blank', 'noopener')
        update({ phase: 'waiting', authorizationUrl: event.authorizationUrl })
      } else if (event.type === 'exchanging') update({ phase: 'exchanging' })
      else toast.say(event.warning ?? `${event.connection.name} is connected.`)
    }
    end(key, stop)
  } catch (error) {
    const known = AppError.from(error)
    if (stop.signal.aborted) end(key, stop)
    else update({ phase: 'failed', error: known })
  }
}

export function cancelAttempt(key: string): void {
  const attempt = useAttempts.getState().attempts[key]
  attempt?.stop.abort()
  if (attempt) end(key, attempt.stop)
}

function put(key: string, attempt: Attempt): void {
  useAttempts.setState(({ attempts }) => ({ attempts: { ...attempts, [key]: attempt } }))
}

function end(key: string, stop: AbortController): void {
  useAttempts.setState(({ attempts }) => {
    if (attempts[key]?.stop !== stop) return { attempts }
    const { [key]: _, ...rest } = attempts
    return { attempts: rest }
  })
}
