import { useEffect } from 'react'
import type { PublishStep } from '../../core/contract/publish.ts'
import { keys, useVault } from '../app-data.ts'
import { client } from '../client.ts'
import { queryClient, useAct, useCall, useStream } from '../query.ts'

/** What is known to be live, and what is under way. */
export const usePublishState = (appId: string) => useStream(keys.publish(appId), signal => client.publish.watch({ appId }, { signal }))

/** What publishing would change. Asked again when the app or what is live changes. */
export function usePublishPreview(appId: string) {
  const { data } = usePublishState(appId)
  const vault = useVault().data?.protection
  const mark = `${data?.published?.version.number} ${data?.job?.outcome?.type} ${vault}`
  useEffect(() => void queryClient.invalidateQueries({ queryKey: keys.publishPreview(appId) }), [appId, mark])
  return useCall(keys.publishPreview(appId), () => client.publish.preview({ appId }), { staleTime: 0 })
}

export type Preview = NonNullable<ReturnType<typeof usePublishPreview>['data']>
export type Job = NonNullable<NonNullable<ReturnType<typeof usePublishState>['data']>['job']>

export const useRollBack = (appId: string) =>
  useAct((wish: { number: number; base: number | null }) => client.publish.rollBack({ appId, ...wish }))

/** How each step is called while it goes on, and once it is done. */
export const stepWords: Record<PublishStep, { ahead: string; running: string; done: string }> = {
  check: { ahead: 'Check the app', running: 'Checking the app', done: 'Checked the app' },
  pack: { ahead: 'Pack the files', running: 'Packing the files', done: 'Packed the files' },
  send: { ahead: 'Send what is new', running: 'Sending what is new', done: 'Sent what is new' },
  hand: { ahead: 'Hand accounts to the relay', running: 'Handing accounts to the relay', done: 'Handed accounts to the relay' },
  start: { ahead: 'Start on the relay', running: 'Starting on the relay', done: 'Started on the relay' },
  switch: { ahead: 'Switch the address over', running: 'Switching the address over', done: 'Switched the address over' },
}
