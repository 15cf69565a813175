import { html } from 'hono/html'
import { z } from 'zod'
import type { InternalApi } from '../api.ts'
import type { Account } from './google.ts'
import { list, moment, type Html, type NavItem } from './layout.ts'

type Part = { mimeType: string; body?: { data?: string }; parts?: Part[] }
const part: z.ZodType<Part> = z.lazy(() =>
  z.looseObject({
    mimeType: z.string().default(''),
    body: z.looseObject({ data: z.string().optional() }).optional(),
    parts: z.array(part).optional(),
  }),
)
const mail = z.looseObject({
  id: z.string(),
  snippet: z.string().default(''),
  internalDate: z.string(),
  labelIds: z.array(z.string()).default([]),
  payload: z.looseObject({
    mimeType: z.string().default(''),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
})

const folders = [
  ['INBOX', 'Inbox'],
  ['SENT', 'Sent'],
  ['DRAFT', 'Drafts'],
  ['TRASH', 'Bin'],
] as const

const headerOf = ({ payload }: z.infer<typeof mail>, name: string) =>
  payload.headers.find(header => header.name.toLowerCase() === name)?.value ?? ''
const partsOf = (each: Part): Part[] => [each, ...(each.parts ?? []).flatMap(partsOf)]

/** The plain text of a mail; of one that has only HTML, its source, for nothing of a mail is ever run or loaded. */
function bodyOf(found: z.infer<typeof mail>): string {
  const parts = partsOf(part.parse(found.payload)).filter(each => each.body?.data)
  const shown = parts.find(each => each.mimeType === 'text/plain') ?? parts[0]
  return shown ? Buffer.from(shown.body?.data ?? '', 'base64url').toString() : found.snippet
}

/** A mailbox: a folder's mails, newest first, or the one that is asked for. */
export async function mailPage(
  api: InternalApi,
  account: Account,
  query: Record<string, string>,
): Promise<{ nav: NavItem[]; content: Html }> {
  const folder = folders.find(([id]) => id === query['folder']) ?? folders[0]
  const ids = z.object({ messages: z.array(z.object({ id: z.string() })).default([]) })
  const get = (id: string) => api.call(account, `/gmail/v1/users/me/messages/${encodeURIComponent(id)}?format=full`, mail)
  const inFolder = async (label: string) => {
    const { messages } = await api.call(account, `/gmail/v1/users/me/messages?maxResults=200&includeSpamTrash=true&labelIds=${label}`, ids)
    return Promise.all(messages.map(({ id }) => get(id)))
  }
  const href = (more: Record<string, string>) => `/practice/gmail?${new URLSearchParams({ account: account.login, ...more })}`
  const unread = (await inFolder('INBOX')).filter(({ labelIds }) => labelIds.includes('UNREAD')).length
  const nav = [
    { group: 'Mail' },
    ...folders.map(([id, label]) => ({
      label,
      href: href({ folder: id }),
      current: id === folder[0],
      ...(id === 'INBOX' && { count: unread }),
    })),
  ]

  const mails = await inFolder(folder[0])
  const opened = mails.find(({ id }) => id === query['mail'])
  if (opened) {
    const content = html`<h2>${headerOf(opened, 'subject')}</h2>
      <p class="meta">From ${headerOf(opened, 'from')} · to ${headerOf(opened, 'to')} · ${moment(new Date(Number(opened.internalDate)))}</p>
      <p class="text">${bodyOf(opened)}</p>`
    return { nav, content }
  }
  const items = mails.map(
    each =>
      html`<li class="${each.labelIds.includes('UNREAD') ? 'unread' : ''}">
        <div class="line">
          <span class="dim"
            >${each.labelIds.includes('UNREAD') ? html`<span class="dot" role="img" aria-label="Unread"></span>` : ''}${folder[0] === 'INBOX' ? headerOf(each, 'from') : `To ${headerOf(each, 'to')}`}</span
          >
          <span class="meta end">${moment(new Date(Number(each.internalDate)))}</span>
        </div>
        <a class="what" href="${href({ folder: folder[0], mail: each.id })}">${headerOf(each, 'subject') || '(no subject)'}</a>
        <span class="meta">${each.snippet}</span>
      </li>`,
  )
  return {
    nav,
    content: html`<h2>${folder[1]}</h2>
      ${list(items, 'Nothing here yet.')}`,
  }
}
