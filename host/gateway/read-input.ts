import type { z } from 'zod'
import type { AnyAction, Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'

/** The action's input as its schema reads it. Throws `validation` with the first field that is not as it should be. */
export function readInput(connector: Connector, action: AnyAction, input: Json): unknown {
  const parsed = action.input.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError(
    'validation',
    `${connector.name}, ${action.title}: ${issue ? inWords(issue, input) : 'the input is not as expected.'}`,
    {
      cause: parsed.error,
      details: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    },
  )
}

function inWords({ code, path, message }: z.core.$ZodIssue, input: Json): string {
  const field = path.join('.')
  if (field && code === 'invalid_type' && valueAt(input, path) === undefined) return `“${field}” is missing.`
  const sentence = `${message.replace(/^Invalid input: /, '').replace(/\.$/, '')}.`
  return field ? `“${field}”: ${sentence}` : sentence
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  )
}
