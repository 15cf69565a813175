import { z } from 'zod'

/**
 * A text input whose choices can be fetched from the account: `options` names one of the connector's `fields`. Forms read it from the
 * JSON Schema as `"options"`; typing a value by hand stays possible.
 */
export function field(options: string, { title, description }: { title: string; description: string }) {
  return z.string().trim().min(1).meta({ title, description, options })
}

/** How many things to return at most. */
export function limit(most: number, usual: number) {
  return z
    .number()
    .int()
    .min(1)
    .max(most)
    .default(usual)
    .meta({ title: 'At most', description: `How many to return, up to ${most}.` })
}
