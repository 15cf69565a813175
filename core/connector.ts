import type { z } from 'zod'
import type { Facts } from './addresses.ts'
import type { AppError } from './errors.ts'
import type { Provider } from './provider.ts'
import type { RateLimits } from './rate-limit.ts'

/** Who an account is at the provider. `id` is stable; `label` is what people see. */
export type Account = { id: string; label: string; tenant?: string; avatarUrl?: string }

/**
 * The only way out of an action: bound to one connection. `fetch` adds the token, follows the rate budget, refreshes once
 * on 401, and sends a practice connection to the emulator. No token is ever visible to the caller.
 */
export type Call = {
  fetch: typeof fetch
  account: Account | null
  practice: boolean
  /** What the account's addresses are made with, such as the name of a shop: see `Provider`. */
  facts: Facts
  /** The same for every try of one wish: for services that do a thing once for one key. */
  idempotencyKey?: string
  signal: AbortSignal
}

export type Choice = { value: string; label: string }

export type Action<Input = unknown, Output = unknown> = {
  title: string
  /** One sentence: what it does, and whether doing it twice does it twice. */
  does: string
  effect: 'read' | 'write'
  idempotent: boolean
  /** It hands `call.idempotencyKey` on to a service that does it once for one key: with a key it may be sent again. */
  keyed?: boolean
  /** A write that replaces or deletes what was there, rather than adding to it. */
  destructive?: boolean
  /** The narrowest scopes that do. Wider ones serve too: the provider declares what they include. */
  scopes: readonly string[]
  input: z.ZodType<Input>
  output: z.ZodType<Output>
  run(call: Call, input: Input): Promise<Output>
}

/** Any action, where its types are not known: parse with `input` before `run`. */
export type AnyAction = Omit<Action<never, unknown>, 'input'> & { input: z.ZodType }

/** Remote choices for a field of an action, such as the channels of a workspace. */
export type Options = (call: Call, query: string) => Promise<Choice[]>

export type Connector = {
  id: string
  name: string
  provider: Provider
  category: string
  /** One line for the catalogue. */
  summary: string
  /** Icon name within the bundled brand sets, for example `logos:slack-icon`. */
  icon: string
  /** What each scope allows, in the words of a person who has never heard of scopes. */
  scopes: Readonly<Record<string, string>>
  /** Asked for with every connection, so that it can say which account it is. */
  identityScopes: readonly string[]
  identity(call: Call): Promise<Account>
  fields: Readonly<Record<string, Options>>
  actions: Readonly<Record<string, AnyAction>>
  /** Example prompts that go to the chat on a click. */
  prompts: readonly string[]
  /** One step on the provider's side after connecting, if there is one. */
  afterConnect?: string
  /** What the service says of its limits, where that is not the usual. */
  limits?: RateLimits
  /** Turns the provider's own error into ours, or null when it is not one it knows. */
  explain?(error: unknown): AppError | null
}

/** What a connector is without its code: enough to show it, to plan with it, and to tell what an account has to allow. */
export type Tool = Pick<
  Connector,
  'id' | 'name' | 'provider' | 'category' | 'summary' | 'icon' | 'scopes' | 'identityScopes' | 'prompts' | 'afterConnect'
> & { actions: Readonly<Record<string, Pick<Action, 'title' | 'does' | 'effect' | 'idempotent' | 'keyed' | 'destructive' | 'scopes'>>> }

/** Declares an action. The types of `run` follow from `input` and `output`. */
export function action<Input, Output>(declaration: Action<Input, Output>): Action<Input, Output> {
  return declaration
}

/** Declares a connector: one typed value that scopes, forms, documents and clients are derived from. */
export function connector<const C extends Omit<Connector, 'actions'> & { actions: Record<string, AnyAction> }>(declaration: C): C {
  return declaration
}

/** The least scopes that the chosen actions need, with the identity's. */
export function scopesFor(tool: Pick<Tool, 'identityScopes' | 'actions'>, actionIds: readonly string[]): string[] {
  const needed = actionIds.flatMap(id => tool.actions[id]?.scopes ?? [])
  return [...new Set([...tool.identityScopes, ...needed])]
}
