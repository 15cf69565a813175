import type { gmail_v1 } from '@googleapis/gmail'
import { z } from 'zod'
import { action, connector, type Call, type Choice } from '../../core/connector.ts'
import { field, limit } from '../field.ts'
import { google } from '../providers/google.ts'
import { toBase64Url } from '../base64.ts'
import { gmail } from './client.ts'
import { explainGoogle } from './errors.ts'
import { googleLimits } from './limits.ts'
import { googleIdentity, googleIdentityScopes, identityScopeWords, ownAddress } from './identity.ts'
import { headerOf, textOf } from './mail-text.ts'
import { buildMail } from './mime.ts'

const scope = (name: string) => `https://www.googleapis.com/auth/gmail.${name}`

const addresses = z.union([z.string().trim().min(1), z.array(z.string().trim().min(1)).min(1)])
const to = addresses.meta({ title: 'To', description: 'One or more addresses. “me” is the connected account itself.' })
const subject = z.string().max(900).meta({ title: 'Subject' })
const text = z.string().meta({ title: 'Text', description: 'The message as plain text.', multiline: true })
const html = z
  .string()
  .optional()
  .meta({ title: 'HTML', description: 'The same message with formatting, if there is any.', multiline: true })
const sent = z.object({ id: z.string().min(1), threadId: z.string().min(1) })
const mail = z.object({
  id: z.string().min(1),
  threadId: z.string().min(1),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  date: z.string(),
  snippet: z.string(),
  unread: z.boolean(),
  labels: z.array(z.string()),
})

/** Addresses of one field: text is split at commas outside quotes, and “me” is whoever is connected. */
async function readAddresses(call: Call, value: string | readonly string[] | undefined): Promise<string[]> {
  const parts = typeof value === 'string' ? (value.match(/(?:"(?:\\.|[^"\\])*"|[^,;"])+/g) ?? []) : (value ?? [])
  const named = parts.map(part => part.trim()).filter(part => part !== '')
  return Promise.all(named.map(part => (/^(me|myself)$/i.test(part) ? ownAddress(call) : part)))
}

type Draft = { to: string | string[]; cc?: string | string[]; bcc?: string | string[]; subject: string; text: string; html?: string }

async function rawMail(call: Call, draft: Draft, answer: { inReplyTo?: string; references?: string } = {}): Promise<string> {
  const [recipients, cc, bcc] = await Promise.all([draft.to, draft.cc, draft.bcc].map(value => readAddresses(call, value)))
  return toBase64Url(
    buildMail({
      from: await ownAddress(call),
      to: recipients ?? [],
      cc,
      bcc,
      subject: draft.subject,
      text: draft.text,
      html: draft.html,
      ...answer,
    }),
  )
}

function summaryOf(message: gmail_v1.Schema$Message): z.infer<typeof mail> {
  return {
    id: message.id ?? '',
    threadId: message.threadId ?? '',
    from: headerOf(message, 'From'),
    to: headerOf(message, 'To'),
    subject: headerOf(message, 'Subject'),
    date: new Date(Number(message.internalDate ?? 0)).toISOString(),
    snippet: message.snippet ?? '',
    unread: message.labelIds?.includes('UNREAD') ?? false,
    labels: message.labelIds ?? [],
  }
}

async function labelChoices(call: Call, query: string): Promise<Choice[]> {
  const { data } = await (await gmail(call)).users.labels.list({ userId: 'me' })
  return (data.labels ?? [])
    .map(({ id, name }) => ({ value: id ?? '', label: name ?? '' }))
    .filter(({ label }) => label.toLowerCase().includes(query.toLowerCase()))
}

export default connector({
  id: 'gmail',
  name: 'Gmail',
  provider: google,
  category: 'Email',
  summary: 'Send, find and sort mail from your own account.',
  icon: 'logos:google-gmail',
  scopes: {
    ...identityScopeWords,
    [scope('send')]: 'Send mail from your address',
    [scope('compose')]: 'Write drafts and send mail from your address',
    [scope('readonly')]: 'Read your mail',
    [scope('modify')]: 'Read your mail, mark it and move it between labels',
  },
  identityScopes: googleIdentityScopes,
  identity: googleIdentity,
  fields: { label: labelChoices },
  actions: {
    sendEmail: action({
      title: 'Send an email',
      does: 'Sends a mail from your address. Each call sends another one.',
      effect: 'write',
      idempotent: false,
      scopes: [scope('send')],
      input: z.object({
        to,
        subject,
        text,
        html,
        cc: addresses.optional().meta({ title: 'Cc' }),
        bcc: addresses.optional().meta({ title: 'Bcc' }),
      }),
      output: sent,
      async run(call, input) {
        const raw = await rawMail(call, input)
        return sent.parse((await (await gmail(call)).users.messages.send({ userId: 'me', requestBody: { raw } })).data)
      },
    }),
    replyToEmail: action({
      title: 'Reply to an email',
      does: 'Answers the sender of a mail in the same conversation. Each call sends another answer.',
      effect: 'write',
      idempotent: false,
      scopes: [scope('readonly'), scope('send')],
      input: z.object({ id: z.string().min(1).meta({ title: 'Mail', description: 'Its id.' }), text, html }),
      output: sent,
      async run(call, input) {
        const client = await gmail(call)
        const { data: original } = await client.users.messages.get({
          userId: 'me',
          id: input.id,
          format: 'metadata',
          metadataHeaders: ['From', 'Reply-To', 'Subject', 'Message-ID', 'References'],
        })
        const title = headerOf(original, 'Subject').replaceAll(/\s+/g, ' ')
        const messageId = headerOf(original, 'Message-ID')
        const recipient = headerOf(original, 'Reply-To') || headerOf(original, 'From')
        const answered = messageId && { inReplyTo: messageId, references: `${headerOf(original, 'References')} ${messageId}`.trim() }
        const draft = { to: recipient, subject: /^re:/i.test(title) ? title : `Re: ${title}`, text: input.text, html: input.html }
        const raw = await rawMail(call, draft, answered || {})
        return sent.parse((await client.users.messages.send({ userId: 'me', requestBody: { raw, threadId: original.threadId } })).data)
      },
    }),
    createDraft: action({
      title: 'Write a draft',
      does: 'Puts a mail among your drafts, unsent. Each call writes another draft.',
      effect: 'write',
      idempotent: false,
      scopes: [scope('compose')],
      input: z.object({ to, subject, text, html }),
      output: z.object({ id: z.string().min(1), messageId: z.string().min(1) }),
      async run(call, input) {
        const raw = await rawMail(call, input)
        const { data } = await (await gmail(call)).users.drafts.create({ userId: 'me', requestBody: { message: { raw } } })
        return { id: data.id ?? '', messageId: data.message?.id ?? '' }
      },
    }),
    findEmails: action({
      title: 'Find emails',
      does: 'Finds mail by Gmail’s search words, newest first.',
      effect: 'read',
      idempotent: true,
      scopes: [scope('readonly')],
      input: z.object({
        query: z
          .string()
          .default('in:inbox')
          .meta({ title: 'Search for', description: 'As in Gmail: is:unread, from:mia@example.com, newer_than:1d.' }),
        limit: limit(50, 10),
      }),
      output: z.array(mail),
      async run(call, input) {
        const client = await gmail(call)
        const { data } = await client.users.messages.list({ userId: 'me', q: input.query, maxResults: input.limit })
        const found = await Promise.all(
          (data.messages ?? []).map(({ id }) =>
            client.users.messages.get({
              userId: 'me',
              id: id ?? '',
              format: 'metadata',
              metadataHeaders: ['From', 'To', 'Subject', 'Date'],
            }),
          ),
        )
        return found.map(({ data: message }) => summaryOf(message))
      },
    }),
    readEmail: action({
      title: 'Read an email',
      does: 'Reads one mail with its text.',
      effect: 'read',
      idempotent: true,
      scopes: [scope('readonly')],
      input: z.object({ id: z.string().min(1).meta({ title: 'Mail', description: 'Its id.' }) }),
      output: mail.extend({ text: z.string() }),
      async run(call, input) {
        const { data } = await (await gmail(call)).users.messages.get({ userId: 'me', id: input.id, format: 'full' })
        return { ...summaryOf(data), text: textOf(data) }
      },
    }),
    labelEmail: action({
      title: 'Mark or label an email',
      does: 'Adds and removes labels of a mail; removing UNREAD marks it as read. Calling twice changes nothing more.',
      effect: 'write',
      idempotent: true,
      scopes: [scope('modify')],
      input: z.object({
        id: z.string().min(1).meta({ title: 'Mail', description: 'Its id.' }),
        add: z
          .array(field('label', { title: 'Label', description: 'The id of a label, such as STARRED.' }))
          .default([])
          .meta({ title: 'Add labels' }),
        remove: z
          .array(field('label', { title: 'Label', description: 'The id of a label, such as UNREAD.' }))
          .default([])
          .meta({ title: 'Remove labels' }),
      }),
      output: z.object({ id: z.string().min(1), labels: z.array(z.string()) }),
      async run(call, input) {
        const requestBody = { addLabelIds: input.add, removeLabelIds: input.remove }
        const { data } = await (await gmail(call)).users.messages.modify({ userId: 'me', id: input.id, requestBody })
        return { id: data.id ?? input.id, labels: data.labelIds ?? [] }
      },
    }),
  },
  prompts: [
    'Send me a daily email with my to-do list using Gmail.',
    'Email the customer when their ticket is closed.',
    'Turn unread mails to support into tickets every 15 minutes.',
  ],
  limits: googleLimits,
  explain: explainGoogle('mail'),
})
