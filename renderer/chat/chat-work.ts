import { create } from 'zustand'
import { AppError } from '../../core/errors.ts'
import { client } from '../client.ts'
import { useFrame } from '../frame/frame-state.ts'
import { toast } from '../ui/toast.tsx'

type ChatWork = {
  /** By app: the answer that is on its way. */
  answering: Record<string, AbortController>
  /** By app: what is typed and not sent. */
  drafts: Record<string, string>
  setDraft(appId: string, text: string): void
}

export const useChatWork = create<ChatWork>(set => ({
  answering: {},
  drafts: {},
  setDraft: (appId, text) => set(({ drafts }) => ({ drafts: { ...drafts, [appId]: text } })),
}))

/** Sends a prompt to an app's chat and shows the chat. With `messageId` it takes the place of that message and all after it. */
export async function sendPrompt(appId: string, text: string, messageId?: string): Promise<void> {
  useFrame.getState().setChat(appId, true)
  stopAnswer(appId)
  const stop = new AbortController()
  setAnswering(appId, stop)
  try {
    if (messageId) await client.chat.edit({ appId, messageId, text }, { signal: stop.signal })
    else await client.chat.send({ appId, text }, { signal: stop.signal })
  } catch (error) {
    const known = AppError.from(error)
    if (!stop.signal.aborted && known.code !== 'cancelled') {
      toast.error(known)
      const { drafts, setDraft } = useChatWork.getState()
      if (!drafts[appId]) setDraft(appId, text)
    }
  } finally {
    if (useChatWork.getState().answering[appId] === stop) setAnswering(appId, null)
  }
}

export const stopAnswer = (appId: string): void => useChatWork.getState().answering[appId]?.abort()

function setAnswering(appId: string, stop: AbortController | null): void {
  useChatWork.setState(({ answering }) => {
    const { [appId]: _, ...rest } = answering
    return { answering: stop ? { ...rest, [appId]: stop } : rest }
  })
}
