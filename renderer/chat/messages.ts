import type { ChatMessage } from '../../core/chat.ts'

export type MessageOf<Kind extends ChatMessage['kind']> = Extract<ChatMessage, { kind: Kind }>

export const findPlan = (messages: ChatMessage[], planId: string): MessageOf<'plan'> | undefined =>
  messages.find((message): message is MessageOf<'plan'> => message.kind === 'plan' && message.id === planId)

/** The connect card a plan waits for. */
export const openConnect = (messages: ChatMessage[], planId: string): MessageOf<'connect'> | undefined =>
  messages.find(
    (message): message is MessageOf<'connect'> => message.kind === 'connect' && message.planId === planId && message.state === 'required',
  )

/** The plan that ⌘⏎ creates: the newest one, while it is a proposal that waits for nothing but the user. */
export function newestProposal(messages: ChatMessage[]): MessageOf<'plan'> | undefined {
  const plan = messages.findLast((message): message is MessageOf<'plan'> => message.kind === 'plan')
  return plan?.state === 'proposed' && !openConnect(messages, plan.id) ? plan : undefined
}

const clock = (at: Date): string => at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
const day = (at: Date): string => `${at.toLocaleDateString(undefined, { weekday: 'short' })} ${at.getDate()}`

/** “next Mon 23, Tue 24, Wed 25 Nov”, or hours where one day has several. ISO times in, the user's zone out. */
export function nextWords(times: string[]): string {
  const dates = times.slice(0, 3).map(time => new Date(time))
  const last = dates.at(-1)
  if (!last) return ''
  const isOneDay = dates.every(at => at.toDateString() === last.toDateString()) && dates.length > 1
  if (isOneDay) return `next ${dates.map(clock).join(', ')}`
  return `next ${dates.map(day).join(', ')} ${last.toLocaleDateString(undefined, { month: 'short' })}`
}
