import type { Row, Store } from '../emulated.ts'

/** Text of RFC 2047 encoded words. Gmail's API gives headers decoded; the emulator keeps them as they were sent. */
export function decodeWords(value: string): string {
  return value
    .replaceAll(/(\?=)\s+(=\?)/g, '$1$2')
    .replaceAll(/=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=/gi, (_, data: string) => Buffer.from(data, 'base64').toString())
}

const decoded = (row: Row, field: string) => (typeof row[field] === 'string' ? decodeWords(row[field]) : row[field])
const addressesIn = (value: unknown): string[] =>
  typeof value === 'string' ? (value.toLowerCase().match(/[^\s<>,;"]+@[^\s<>,;"]+/g) ?? []) : []

/**
 * Delivers a mail that was just sent: into the inboxes of the account's own people, the sender's too when it is addressed to them.
 * To anybody else a practice account sends nothing.
 */
export function deliverSentMail(store: Store, id: string): void {
  const messages = store.collection('google.messages')
  const sent = messages.findOneBy('gmail_id', id)
  if (!sent) return
  const readable = { subject: decoded(sent, 'subject'), from: decoded(sent, 'from'), to: decoded(sent, 'to'), cc: decoded(sent, 'cc') }
  const recipients = new Set([...addressesIn(sent['to']), ...addressesIn(sent['cc']), ...addressesIn(sent['bcc'])])
  const labels = Array.isArray(sent['label_ids']) ? sent['label_ids'] : []
  const toSelf = recipients.has(String(sent['user_email']).toLowerCase())
  messages.update(sent.id, { ...readable, ...(toSelf && { label_ids: [...new Set([...labels, 'INBOX', 'UNREAD'])] }) })

  for (const user of store.collection('google.users').all()) {
    const email = String(user['email'])
    if (email === sent['user_email'] || !recipients.has(email.toLowerCase())) continue
    const { id: _row, ...copy } = sent
    messages.insert({
      ...copy,
      ...readable,
      bcc: null,
      gmail_id: `${id}-${user.id}`,
      thread_id: `${String(sent['thread_id'])}-${user.id}`,
      user_email: email,
      label_ids: ['INBOX', 'UNREAD'],
    })
  }
}
