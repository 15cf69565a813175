import { createHmac } from 'node:crypto'
import type { Sealer } from '../../tokens/sealer.ts'
import { open, parseSealed, seal, type Key } from './seal.ts'

/** What the vault's records are sealed with, for values that another room keeps. Both functions throw while the vault is not open. */
export function createSealer(keyInUse: () => Key, keyOf: (id: string) => Key | undefined): Sealer {
  return {
    seal: (context, value) => JSON.stringify(seal(keyInUse(), context, value)),
    open(context, text) {
      const record = parseSealed(text)
      const key = record?.id === context ? keyOf(record.keyId) : undefined
      return record && key ? open(key, record) : null
    },
    hash: value => createHmac('sha256', keyInUse().bytes).update(`plugboard-vault hash ${value}`).digest('base64'),
  }
}
