import { AppError } from '../../core/errors.ts'

/** Bytes → text without changing any: a byte order mark and line ends stay. Throws `validation` for what is not UTF-8. */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new AppError('validation', `${path} is not text. Open it with another program.`, { cause })
  }
}

export function encodeText(text: string, path: string): Uint8Array {
  if (!text.isWellFormed()) throw new AppError('validation', `The text for ${path} has broken characters. Remove them and save again.`)
  return new TextEncoder().encode(text)
}
