import type { gmail_v1 } from '@googleapis/gmail'
import { textFromBase64 } from '../base64.ts'

type Part = gmail_v1.Schema$MessagePart

export function headerOf(message: gmail_v1.Schema$Message, name: string): string {
  return message.payload?.headers?.find(header => header.name?.toLowerCase() === name.toLowerCase())?.value ?? ''
}

function partsOf(part: Part | undefined): Part[] {
  return part ? [part, ...(part.parts ?? []).flatMap(partsOf)] : []
}

/** The readable text of a mail: its plain part, else its HTML without tags. */
export function textOf(message: gmail_v1.Schema$Message): string {
  const parts = partsOf(message.payload).filter(part => part.body?.data)
  const plain = parts.find(part => part.mimeType === 'text/plain')
  if (plain) return textFromBase64(plain.body?.data ?? '')
  const html = parts.find(part => part.mimeType === 'text/html')
  return html ? withoutTags(textFromBase64(html.body?.data ?? '')) : ''
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }

function withoutTags(html: string): string {
  return html
    .replace(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<(br|\/p|\/div|\/li|\/tr)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
