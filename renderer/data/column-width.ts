import type { Column } from './fields.ts'

/** The least width of a column, and its share of what is left. */
export function widthOf({ kind }: Column): { px: number; share: number } {
  if (kind === 'number' || kind === 'boolean') return { px: 96, share: 0.6 }
  if (kind === 'choice' || kind === 'date' || kind === 'datetime') return { px: 104, share: 0.8 }
  return kind === 'long' ? { px: 150, share: 1.6 } : { px: 176, share: 1.8 }
}
