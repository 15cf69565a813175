import { builtInFields, type Entity } from '../../core/app/entity.ts'

/** What the entity's schema says of a field. Decides whether a condition looks inside arrays (`array` and unknown fields do). */
export type FieldType = 'string' | 'number' | 'boolean' | 'array' | 'object'
export type Fields = ReadonlyMap<string, FieldType>

export function fieldsOf(entity: Entity): Fields {
  return new Map(Object.entries(entity.properties).map(([name, { type }]) => [name, type === 'integer' ? 'number' : type]))
}

export function isBuiltIn(path: readonly string[]): boolean {
  return path.length === 1 && builtInFields.some(name => name === path[0])
}

/** A declared scalar field never holds an array as far as queries go, which keeps its index usable. */
export function mayBeArray(path: readonly string[], fields: Fields): boolean {
  if (isBuiltIn(path)) return false
  const type = path.length === 1 ? fields.get(path[0] ?? '') : undefined
  return type === undefined || type === 'array'
}
