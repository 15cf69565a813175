const reading = new Set(['get', 'list', 'count'])

/** Which entities a source reads or writes, as `entities.<Name>.<method>(`. Each once, writing over reading. */
export function entityUses(source: string): { entity: string; writes: boolean }[] {
  const uses = new Map<string, boolean>()
  for (const [, entity = '', method = ''] of source.matchAll(/\bentities\.(\w+)\.(\w+)\s*\(/g))
    uses.set(entity, uses.get(entity) === true || !reading.has(method))
  return [...uses].map(([entity, writes]) => ({ entity, writes }))
}
