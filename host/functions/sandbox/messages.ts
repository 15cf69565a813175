import { z } from 'zod'
import { errorShape } from '../../../core/contract/base.ts'
import type { ErrorShape } from '../../../core/errors.ts'
import type { Json } from '../../../core/json.ts'

/** What the host sends to a sandbox, one JSON line each. */
export type ToSandbox =
  /** First of all: the mark that begins each true line of the sandbox. Whoever does not know it cannot forge one. */
  | { type: 'mark'; mark: string }
  | { type: 'load'; url: string }
  | { type: 'call'; id: number; input: Json }
  | { type: 'answer'; id: number; value?: Json; error?: ErrorShape }

/** It came out of JSON.parse, so it is JSON: what is inside is looked at by whoever uses it. */
const parsedJson = z.unknown().transform((value): Json => (value ?? null) as Json)

/** What user code threw. `shape` is there when it is an error of ours that went through the code unchanged. */
const thrown = z.object({ message: z.string(), stack: z.string().nullable(), shape: errorShape.nullable() })
export type Thrown = z.infer<typeof thrown>

/**
 * What a sandbox sends to the host. `call` names the call of the function that a line belongs to. The harness writes it in a realm it
 * shares with user code, so it is parsed like anything from outside.
 */
const fromSandbox = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('loaded'), error: thrown.nullable() }),
  z.object({ type: z.literal('ask'), id: z.number(), call: z.number().nullable(), request: parsedJson }),
  z.object({
    type: z.literal('log'),
    call: z.number().nullable(),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    text: z.string(),
  }),
  z.object({ type: z.literal('result'), call: z.number(), output: parsedJson }),
  z.object({ type: z.literal('thrown'), call: z.number(), error: thrown }),
])
export type FromSandbox = z.infer<typeof fromSandbox>

/** Reads one line without its mark. Null when it is no message of ours. */
export function readMessage(line: string): FromSandbox | null {
  try {
    return fromSandbox.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
