import type { HookSource } from '../../core/app/flow.ts'
import { hookSenders } from '../vocabulary/hook-senders.ts'
import { services } from '../vocabulary/services.ts'

/** Who sends a webhook, by the id of their tool, and what about. `event`: of `hookSenders`. */
export type HookTrigger = { kind: 'webhook'; sender: string | null; source: HookSource; event: string | null }

const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', ' ?')
const idOf = new Map(services.flatMap(({ id, aliases }) => aliases.map(alias => [alias.replaceAll(' ', ''), id] as const)))
const name = `(${services
  .flatMap(({ aliases }) => aliases)
  .sort((a, b) => b.length - a.length)
  .map(escaped)
  .join('|')})`
/** Between a name and its webhook: not what begins another part of the sentence. */
const word = `(?!(?:when|whenever|if|by|via|from|on|in|after|once|and|or|then|to|into|with|through|using|webhooks?)\\b)[\\p{L}\\p{N}'’_.-]+`
const before = new RegExp(
  `\\b${name}(?:'s)?((?: ${word}){0,4}?) (?:web ?hooks?|web-hooks?)\\b( (?:events?|requests?|calls?|deliver(?:y|ies)))?`,
  'iu',
)
const behind = new RegExp(
  `\\b(?:web ?hooks?|web-hooks?)((?: (?:events?|requests?|calls?|is|are|sent|coming|comes)){0,2}) (?:from|of|by) (?:our |my |the |a )?${name}\\b`,
  'iu',
)
const sends = /\b(?:sends?|posts?|fires?|calls?|delivers?|triggers?|emits?|makes?)\b/i
const plain =
  /\b(?:from|by|via|on|for|of|per) (?:(?:each|every|any|an?|the|new|incoming|inbound|received) )*web ?hooks?(?: (?:events?|requests?|calls?|deliver(?:y|ies)|payloads?))?\b/gi
/** “Receive a webhook and …”, “use a webhook to …”, “webhook to Slack”. */
const takes =
  /^(?:(?:receive|get|take|accept|handle|process|use|catch|listen (?:for|to)|on|with) )?(?:(?:an?|the|each|every|any|new|incoming|inbound) )*web ?hooks?(?: and(?: then)?|,(?: then)?| to)? (?=\S)/i
/** “Webhook to Slack”: not to do something, but into a tool. */
const into = new RegExp(`^(?:(?:an?|the|each|every|new|incoming) )?web ?hooks? (?:in)?to (?:the |my |our )?(?=#|${name}\\b)`, 'iu')
/** “Save each webhook as an order”. */
const kept =
  /\b(?:save|store|record|turn|convert|add|log)s? (?:(?:each|every|all|any|an?|the|new|incoming|inbound) )*web ?hooks?(?: (?:events?|requests?|calls?|payloads?))? (?:as|into) (?:(?:an?|the|new) )?(?!rows?\b|lines?\b)/i
const incoming = /\b(?:(?:an?|the|each|every|any|new) )?(?:incoming|inbound) web ?hooks?\b/gi

/**
 * Who sends the webhook that a prompt speaks of, and the prompt without that name: what sends is no tool that the app needs an account of.
 * The text is the same where no webhook is named.
 */
export function readHookSender(text: string): { hook: HookTrigger; text: string } {
  const none: HookTrigger = { kind: 'webhook', sender: null, source: signedWords(text), event: null }
  if (!/\bweb[- ]?hooks?\b/i.test(text)) return { hook: none, text }
  const found = before.exec(text) ?? behind.exec(text)
  if (!found) return { hook: none, text: plainly(text) }
  const [span] = found
  const isBefore = before.exec(text) !== null
  const named = (isBefore ? found[1] : found[2]) ?? ''
  const sender = toolOf(named)
  const rest = /^[^,.;]*?(?=$|[,.;]| and | then |→)/.exec(text.slice(found.index + span.length))?.[0] ?? ''
  const instead = isBefore && sends.test(found[2] ?? '') ? 'a webhook arrives' : 'webhook'
  const facts = hookSenders.get(sender)
  const event = facts?.events.find(({ words }) => words.test(span)) ?? facts?.events.find(({ words }) => words.test(rest))
  return {
    hook: { kind: 'webhook', sender, source: facts?.source ?? none.source, event: event?.id ?? null },
    text: plainly(text.slice(0, found.index) + instead + text.slice(found.index + span.length)),
  }
}

/** In the words that the rest of the planner reads. */
const plainly = (text: string): string =>
  text
    .replace(kept, 'when a webhook arrives, create a ')
    .replace(into, 'webhook → ')
    .replace(takes, 'when a webhook arrives, ')
    .replaceAll(plain, 'by webhook')
    .replaceAll(incoming, 'a webhook')

function toolOf(named: string): string {
  const id = idOf.get(named.toLowerCase().replaceAll(' ', '')) ?? named.toLowerCase()
  return id === 'slackbot' || id === 'slackuser' ? 'slack' : id
}

function signedWords(text: string): HookSource {
  if (/\bstandard web ?hooks?\b/i.test(text)) return 'standard'
  return /\bhmac\b|\b(?:signed|signature)\b/i.test(text) ? 'hmac' : 'any'
}
