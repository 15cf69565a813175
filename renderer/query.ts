import { focusManager, hashKey, QueryClient, skipToken, useMutation, useQuery, type QueryKey } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { AppError } from '../core/errors.ts'
import { useConnection, whenOpen } from './client.ts'
import { toast } from './ui/toast.tsx'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: AppError
  }
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, refetchOnWindowFocus: false, networkMode: 'always', staleTime: 5000 },
    mutations: { networkMode: 'always' },
  },
})

// A window that lay behind the browser's was visible all the while.
focusManager.setEventListener(tell => {
  const back = () => tell()
  window.addEventListener('focus', back)
  document.addEventListener('visibilitychange', back)
  return () => {
    window.removeEventListener('focus', back)
    document.removeEventListener('visibilitychange', back)
  }
})

// What was asked while main was away is asked again when it is back.
useConnection.subscribe(({ status }, before) => {
  if (status === 'open' && before.status === 'lost') void queryClient.invalidateQueries()
})

/** One answer, cached by key. */
export function useCall<T>(
  key: QueryKey,
  call: (signal: AbortSignal) => Promise<T>,
  options: { enabled?: boolean; staleTime?: number; refetchInterval?: number; refetchOnWindowFocus?: 'always' } = {},
) {
  return useQuery({ queryKey: key, queryFn: ({ signal }) => call(signal), ...options })
}

export type Live<T> = { data: T | undefined; error: AppError | null; isPending: boolean }

/** The newest item of a stream, shared by all components that follow the same key, and followed again after a lost connection. */
export function useStream<T>(key: QueryKey, open: (signal: AbortSignal) => Promise<AsyncIterable<T>>): Live<T> {
  const { data } = useQuery<T>({ queryKey: key, queryFn: skipToken, staleTime: Infinity })
  const { data: error } = useQuery<AppError | null>({ queryKey: [...key, 'error'], queryFn: skipToken, staleTime: Infinity })
  const latest = useRef({ key, open })
  latest.current = { key, open }
  const id = hashKey(key)
  useEffect(() => retain(id, latest.current.key, latest.current.open), [id])
  return { data, error: data === undefined ? (error ?? null) : null, isPending: data === undefined && !error }
}

type Followed = { followers: number; stop: () => void; ending?: ReturnType<typeof setTimeout> }
const followed = new Map<string, Followed>()
/** A stream outlives its last follower a little, so that going from screen to screen does not open it anew. */
const graceMs = 4000

function retain<T>(id: string, key: QueryKey, open: (signal: AbortSignal) => Promise<AsyncIterable<T>>): () => void {
  const entry = followed.get(id) ?? { followers: 0, stop: follow(key, open) }
  followed.set(id, entry)
  clearTimeout(entry.ending)
  entry.followers++
  return () => {
    entry.followers--
    if (entry.followers > 0) return
    entry.ending = setTimeout(() => {
      followed.delete(id)
      entry.stop()
    }, graceMs)
  }
}

function follow<T>(key: QueryKey, open: (signal: AbortSignal) => Promise<AsyncIterable<T>>): () => void {
  let stopping = new AbortController()
  /** A stream that ends or breaks off, as when the host process starts again, is opened anew. A refusal is final. */
  async function read(signal: AbortSignal): Promise<void> {
    let isAgain = false
    for (let pauseMs = 250; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5000)) {
      try {
        const stream = await open(signal)
        // Nobody has told what changed in between.
        if (isAgain) void queryClient.invalidateQueries({ queryKey: key.slice(0, 2) })
        isAgain = true
        for await (const item of stream) {
          pauseMs = 250
          queryClient.setQueryData(key, item)
          queryClient.setQueryData([...key, 'error'], null)
        }
      } catch (cause) {
        if (signal.aborted) return
        const error = AppError.from(cause)
        queryClient.setQueryData([...key, 'error'], error)
        if (error.code === 'not_found' || error.code === 'validation' || error.code === 'forbidden') return
      }
      await new Promise(resolve => setTimeout(resolve, pauseMs))
    }
  }
  const leave = whenOpen(() => {
    stopping.abort()
    stopping = new AbortController()
    void read(stopping.signal)
  })
  return () => {
    leave()
    stopping.abort()
  }
}

/** Something the user does. What goes wrong is said in a toast, unless `quiet` because the caller shows it in its place. */
export function useAct<I = void, O = unknown>(
  act: (input: I) => Promise<O>,
  options: { done?: (output: O, input: I) => void; refresh?: QueryKey[]; quiet?: boolean } = {},
) {
  return useMutation<O, AppError, I>({
    mutationFn: act,
    onSuccess: (output, input) => {
      for (const queryKey of options.refresh ?? []) void queryClient.invalidateQueries({ queryKey })
      options.done?.(output, input)
    },
    onError: error => {
      if (!options.quiet && error.code !== 'cancelled') toast.error(error)
    },
  })
}
