import type { ClientLink } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { create } from 'zustand'
import type { MainContract } from '../core/contract/main.ts'
import { AppError } from '../core/errors.ts'
import { createClient, linkOptions } from '../core/rpc/connect.ts'
import { openPort } from './ports.ts'

const longestPauseMs = 5000

/** Whether main answers: `connecting` at first, `lost` after a drop, until it is back. `refusal`: why trying again will not help. */
export const useConnection = create<{ status: 'connecting' | 'open' | 'lost'; refusal: string | null }>(() => ({
  status: 'connecting',
  refusal: null,
}))

let first = Promise.withResolvers<ClientLink<object>>()
let link: ClientLink<object> | null = null

/** Everything main can do. Calls wait for the first connection; while it is lost they fail with `unavailable`. */
export const client = createClient<MainContract>({
  call: async (path, input, options) => (await usableLink()).call(path, input, options),
})

function usableLink(): Promise<ClientLink<object>> {
  if (link) return Promise.resolve(link)
  if (useConnection.getState().status === 'connecting') return first.promise
  return Promise.reject(new AppError('unavailable', 'Plugboard does not answer. It reconnects by itself.', { action: { kind: 'retry' } }))
}

/** Keeps a connection for as long as the page lives. */
export async function keepConnected(): Promise<never> {
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const port = await openPort().catch((error: unknown) => {
      const { code, message } = AppError.from(error)
      useConnection.setState({ refusal: code === 'unauthorized' ? message : null })
      return null
    })
    if (port) {
      pauseMs = 250
      await hold(port)
      useConnection.setState({ status: 'lost' })
    }
    await new Promise(resolve => setTimeout(resolve, pauseMs))
  }
}

/** Resolves when the connection is lost. */
function hold(port: Awaited<ReturnType<typeof openPort>>): Promise<void> {
  return new Promise(resolve => {
    port.addEventListener('close', () => {
      link = null
      resolve()
    })
    link = new RPCLink({ port: port as MessagePort, ...linkOptions })
    first.resolve(link)
    useConnection.setState({ status: 'open', refusal: null })
  })
}

/** Runs `then` each time the connection opens, at once if it is open. Returns a function that stops it. */
export function whenOpen(then: () => void): () => void {
  if (useConnection.getState().status === 'open') then()
  return useConnection.subscribe(({ status }, before) => {
    if (status === 'open' && before.status !== 'open') then()
  })
}
