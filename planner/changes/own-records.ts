import type { Entity } from '../../core/app/entity.ts'
import { headlineField } from './entity-file.ts'
import { literal, member } from './naming.ts'

/** Open ones first where there is such a thing as done. */
export function listQuery(entity: Entity): string {
  const done = entity.properties['status']?.enum?.find(value => ['done', 'closed', 'completed', 'complete'].includes(value.toLowerCase()))
  const due = Object.keys(entity.properties).find(name => name.startsWith('due'))
  const parts = [done && `q: { status: { $ne: ${literal(done)} } }`, due && `sort: ${literal(due)}`].filter(Boolean)
  return parts.length > 0 ? `{ ${parts.join(', ')} }` : ''
}

/** A record on a line of a text. */
export function itemLine(entity: Entity, item: string): string {
  const main = headlineField(entity)
  const due = Object.keys(entity.properties).find(name => name.startsWith('due'))
  const name = main ? `${item}${member(main)}` : `${item}.id`
  return due ? `\`• \${${name}}\${${item}${member(due)} ? \` (due \${${item}${member(due)}})\` : ''}\`` : `\`• \${${name}}\``
}
