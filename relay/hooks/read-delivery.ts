import { createHash, randomUUID } from 'node:crypto'
import type { HookSource } from '../../core/app/flow.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Delivery } from '../../host/flows/delivery.ts'
import { deliveryIds } from './schemes.ts'

/** Said of the way here or of who may come: nothing of it is the flow's business. */
const leftOut =
  /^(?:authorization|cookie|host|connection|content-length|transfer-encoding|forwarded|via|x-forwarded-.*|x-real-ip|x-webhook-secret|.*-signature(?:-\d+)?|cf-.*|accept.*|sec-.*|origin|referer)$/
const longestHeader = 1000
const plainId = /^[\x21-\x7e]{1,200}$/
const deepest = 100

type Received = {
  source: HookSource
  signatureHeader: string
  headers: Headers
  query: Record<string, string>
  body: Uint8Array
  /** Of a signature that holds for a moment alone. */
  signature: string | null
  at: number
}

/** What a genuine request says. Errors: `validation` for a body in a form that no flow could read. */
export function readDelivery({ source, signatureHeader, headers, query, body, signature, at }: Received): Delivery {
  const data = readBody(headers.get('content-type') ?? '', body)
  const kept = [...headers].filter(([name, value]) => !leftOut.test(name) && name !== signatureHeader && value.length <= longestHeader)
  return {
    id: idOf(source, headers, data) ?? signature ?? randomUUID(),
    receivedAt: new Date(at).toISOString(),
    data,
    headers: Object.fromEntries(kept),
    query,
  }
}

/** What the sender calls this delivery; by its hash where that is no short plain word. */
function idOf(source: HookSource, headers: Headers, data: Json): string | null {
  for (const place of deliveryIds[source]) {
    const found = 'header' in place ? headers.get(place.header) : memberOf(data, place.member)
    if (found) return plainId.test(found) ? found : createHash('sha256').update(found).digest('base64url')
  }
  return null
}

function memberOf(data: Json, name: string): string | null {
  const value = typeof data === 'object' && data !== null && !Array.isArray(data) ? data[name] : undefined
  return typeof value === 'string' ? value : null
}

function readBody(contentType: string, body: Uint8Array): Json {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const text = decode(body)
  if (type === 'application/x-www-form-urlencoded') return readForm(text)
  if (type === 'application/json' || type.endsWith('+json')) return readJson(text)
  if (type.startsWith('text/')) return text
  if (type === '') return text.trim() === '' ? {} : readJson(text)
  throw new AppError('validation', `A hook takes JSON, forms and texts, not ${type.slice(0, 60)}.`)
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw new AppError('validation', 'The body of the request is not UTF-8 text.', { cause })
  }
}

function readJson(text: string): Json {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    // The cause would hold a piece of the body.
    throw new AppError('validation', 'The body of the request says it is JSON, and it is not.')
  }
  if (isDeeper(value, deepest)) throw new AppError('validation', `The body of the request is nested more than ${deepest} levels deep.`)
  return value
}

/** More levels than whoever reads the run could go down without running out of stack. */
function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(item => isDeeper(item as Json, levels - 1))
}

/** A name that comes more than once has a list. */
function readForm(text: string): Json {
  const fields = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(text)) fields.set(name, [...(fields.get(name) ?? []), value])
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]))
}
