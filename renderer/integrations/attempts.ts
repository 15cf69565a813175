import { create } from 'zustand'
import { AppError } from '../../core/errors.ts'
import { keys, type ConnectionRow } from '../app-data.ts'
import { client } from '../client.ts'
import { queryClient } from '../query.ts'
import { toast } from '../ui/toast.tsx'
import { openVault } from '../vault/vault-gate.ts'

export type ConnectInput = Parameters<typeof client.connections.connect>[0]
type ConnectEvent = Awaited<ReturnType<typeof client.connections.connect>> extends AsyncIterable<infer Event> ? Event : never
type EventOf<Type extends ConnectEvent['type']> = Extract<ConnectEvent, { type: Type }>

/**
 * How far a sign-in is. `waiting` has the provider's page, for when no browser has come up; `code` what to type there instead;
 * `choosing` the two accounts to choose from.
 */
export type Progress =
  | { phase: 'starting' | 'exchanging' }
  | { phase: 'waiting'; authorizationUrl: string }
  | { phase: 'code'; code: EventOf<'code'> }
  | { phase: 'choosing'; question: EventOf<'choose'> }
  | { phase: 'failed'; error: AppError }

export type Attempt = { input: ConnectInput; progress: Progress; stop: AbortController }

/** By `attemptKey`: an attempt goes on when the card that started it is out of sight. */
export const useAttempts = create<{ attempts: Record<string, Attempt> }>(() => ({ attempts: {} }))

export const attemptKey = (input: Pick<ConnectInput, 'appId' | 'connector' | 'connectionId'>): string =>
  [input.appId, input.connector, input.connectionId ?? ''].join('/')

/** A sign-in for an account that is there: id, name and what uses it stay. `scopes`: permissions to ask for besides those it was made with. */
export const inputFor = (row: ConnectionRow, scopes: string[] = []): ConnectInput & { connectionId: string } => ({
  appId: row.appId,
  connector: row.connector,
  mode: row.mode,
  scopes,
  practice: row.practice,
  connectionId: row.id,
})

/** Signs in to a tool; true when it came to a connected account. A second call for the same place ends the first attempt. */
export async function connect(input: ConnectInput): Promise<boolean> {
  const key = attemptKey(input)
  useAttempts.getState().attempts[key]?.stop.abort()
  const stop = new AbortController()
  const update = (progress: Progress): void => {
    const current = useAttempts.getState().attempts[key]
    if (current?.stop === stop) put(key, { ...current, progress })
  }
  put(key, { input, progress: { phase: 'starting' }, stop })
  try {
    const connected = (await openVault()) && (await follow(input, stop.signal, update))
    end(key, stop)
    return connected
  } catch (error) {
    if (stop.signal.aborted) end(key, stop)
    else update({ phase: 'failed', error: AppError.from(error) })
    return false
  }
}

async function follow(input: ConnectInput, signal: AbortSignal, update: (progress: Progress) => void): Promise<boolean> {
  const { shell } = await queryClient.ensureQueryData({ queryKey: keys.info, queryFn: () => client.system.info() })
  for await (const event of await client.connections.connect(input, { signal })) {
    switch (event.type) {
      case 'opened':
        // Electron's main has opened the browser already.
        if (shell === 'serve') window.open(event.authorizationUrl, '_blank', 'noopener')
        update({ phase: 'waiting', authorizationUrl: event.authorizationUrl })
        break
      case 'exchanging':
        update({ phase: 'exchanging' })
        break
      case 'code':
        update({ phase: 'code', code: event })
        break
      case 'choose':
        update({ phase: 'choosing', question: event })
        break
      case 'connected':
        toast.say(event.warning ?? `${event.connection.name} is connected.`)
        return true
    }
  }
  return false
}

/** Ends an attempt that is under way, or puts one that has failed out of sight. */
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
