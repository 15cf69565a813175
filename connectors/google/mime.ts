import { AppError } from '../../core/errors.ts'
import { toBase64 } from '../base64.ts'

export type Mail = {
  from?: string
  to: readonly string[]
  cc?: readonly string[]
  bcc?: readonly string[]
  replyTo?: string
  subject: string
  text: string
  html?: string
  /** Message-ID of the mail that this one answers. */
  inReplyTo?: string
  references?: string
  date?: Date
}

/**
 * Writes a mail as RFC 5322 with CRLF, 7-bit clean: headers as RFC 2047 words, bodies as base64 of UTF-8. Every value is refused if
 * it could end its header, so no text of a record can add a recipient. Throws `validation`.
 */
export function buildMail(mail: Mail): string {
  const recipients = [...mail.to, ...(mail.cc ?? []), ...(mail.bcc ?? [])]
  if (recipients.length === 0) throw new AppError('validation', 'The mail has no recipient. Give at least one address.')
  const headers = [
    mail.from && addressHeader('From', [mail.from]),
    mail.to.length && addressHeader('To', mail.to),
    mail.cc?.length && addressHeader('Cc', mail.cc),
    mail.bcc?.length && addressHeader('Bcc', mail.bcc),
    mail.replyTo && addressHeader('Reply-To', [mail.replyTo]),
    `Subject: ${encodeWords(oneLine(mail.subject, 'subject'), 'Subject: '.length)}`,
    `Date: ${(mail.date ?? new Date()).toUTCString().replace('GMT', '+0000')}`,
    mail.inReplyTo && `In-Reply-To: ${messageIds(mail.inReplyTo)}`,
    mail.references && `References: ${messageIds(mail.references)}`,
    'MIME-Version: 1.0',
  ].filter(header => typeof header === 'string' && header !== '')

  const plain = bodyPart('text/plain', mail.text)
  if (mail.html === undefined) return [...headers, ...plain].join('\r\n')
  const boundary = `=_${crypto.randomUUID()}`
  return [
    ...headers,
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    ...plain,
    `--${boundary}`,
    ...bodyPart('text/html', mail.html),
    `--${boundary}--`,
    '',
  ].join('\r\n')
}

/** One address, `mia@example.com` or `Mia Chen <mia@example.com>`. The domain goes out in its ASCII form. */
export function formatAddress(value: string): string {
  const line = oneLine(value, 'address').trim()
  const [, name = '', address = line] = /^(.*?)\s*<([^<>]*)>$/.exec(line) ?? []
  const [, local, domain] = /^([!#$%&'*+/=?^`{|}~\w.-]{1,64})@([^@\s/?#:[\]\\]+)$/.exec(address.trim()) ?? []
  const host = domain && asciiDomain(domain)
  if (!local || !host) throw new AppError('validation', `“${line.slice(0, 80)}” is not an email address. Write it as name@example.com.`)
  const label = name
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/\\(.)/g, '$1')
  if (!label) return `${local}@${host}`
  const plain = /^[\w !#$%&'*+/=?^`{|}~.,@()-]{1,60}$/.test(label)
  return `${plain ? `"${label}"` : encodeWords(label, 1)} <${local}@${host}>`
}

function asciiDomain(domain: string): string | null {
  const url = URL.parse(`http://${domain}`)
  return url && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(url.hostname) && url.hostname.length <= 253 ? url.hostname : null
}

/** One address a line, folded (RFC 5322 §2.2.3). */
const addressHeader = (name: string, addresses: readonly string[]) => `${name}: ${addresses.map(formatAddress).join(',\r\n ')}`

function oneLine(value: string, what: string): string {
  // oxlint-disable-next-line no-control-regex -- exactly the characters that no header may carry
  if (/[\u0000-\u0008\u000a-\u001f\u007f\u2028\u2029]/.test(value))
    throw new AppError('validation', `The ${what} has a line break or control character in it. Write it on one line.`)
  return value.toWellFormed()
}

function messageIds(value: string): string {
  const ids = oneLine(value, 'reference').match(/<[\x21-\x3b\x3d\x3f-\x7e]+>/g)
  if (!ids) throw new AppError('validation', 'A mail is referred to by its Message-ID in angle brackets.')
  return ids.join('\r\n ')
}

/**
 * RFC 2047 §2: text that is not plain ASCII becomes encoded words of at most 75 characters, never splitting a character, on lines of at
 * most 76. `used` is how much of the first line is taken.
 */
export function encodeWords(text: string, used: number): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?') && used + text.length <= 76 && text === text.trim()) return text
  const encoder = new TextEncoder()
  const words: string[] = []
  let piece = ''
  // A word is 12 characters of frame and 4 for each 3 bytes: 45 bytes fit in 75 characters, fewer beside the header's name.
  let room = Math.max(6, Math.floor((76 - used - 12) / 4) * 3)
  for (const character of text) {
    if (encoder.encode(piece + character).length > room) {
      words.push(piece)
      piece = ''
      room = 45
    }
    piece += character
  }
  if (piece !== '' || words.length === 0) words.push(piece)
  return words.map(word => `=?UTF-8?B?${toBase64(word)}?=`).join('\r\n ')
}

function bodyPart(type: string, text: string): string[] {
  const encoded = toBase64(text.toWellFormed().replaceAll(/\r\n|\r|\n/g, '\r\n'))
  return [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: base64', '', ...(encoded.match(/.{1,76}/g) ?? []), '']
}
