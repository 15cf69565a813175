import { z } from 'zod'
import { entityName } from './names.ts'

/** One field of an entity: the part of JSON Schema that forms, tables and the store understand. */
export const field = z.looseObject({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'array', 'object']),
  title: z.string().optional(),
  description: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.json().optional(),
  items: z.json().optional(),
  properties: z.json().optional(),
})
export type Field = z.infer<typeof field>

/** `entities/<Name>.jsonc`: a JSON Schema object with a name. `rls` holds row-level rules, see facts on Base44's rules. */
export const entity = z.looseObject({
  name: entityName,
  title: z.string().optional(),
  type: z.literal('object').default('object'),
  properties: z.record(z.string(), field),
  required: z.array(z.string()).default([]),
  rls: z.json().optional(),
})
export type Entity = z.infer<typeof entity>

/** The fields every record has, set by the store and never by a caller. */
export const builtInFields = ['id', 'created_date', 'updated_date', 'created_by', 'created_by_id'] as const
