import { AppError } from '../errors.ts'
import { releaseLimits } from './manifest.ts'

/** A part of a piece: bytes of the content with this SHA-256, from `offset` to the end of a piece of `size` bytes. */
export type Part = { sha256: string; size: number; offset: number }

/** Bytes as they arrive, cut wherever the network cut them. `bytes` never reaches beyond the piece. */
export type Arrived = Part & { bytes: Uint8Array }

const head = /^([0-9a-f]{64}) (\d{1,8}) (\d{1,8})\n$/
const longestHead = 64 + 1 + 8 + 1 + 8 + 1

const lineBreak = 10
const encoder = new TextEncoder()

/** Before the bytes of a part: `<sha256> <size> <offset>` and a line break. The bytes follow, up to the end of the piece. */
export const frameHead = ({ sha256, size, offset }: Part): Uint8Array<ArrayBuffer> => encoder.encode(`${sha256} ${size} ${offset}\n`)

/**
 * Takes parts out of a stream of chunks, whatever their borders are. Gives what has arrived of a part as soon as it has, so that a stream
 * that is cut leaves all behind that came before. Throws `validation` for what is no such stream.
 */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Arrived> {
  let line = new Uint8Array(0)
  let part = null as Part | null
  for await (const chunk of chunks) {
    let rest = chunk
    while (rest.length > 0) {
      if (part) {
        const bytes = rest.subarray(0, part.size - part.offset)
        yield { ...part, bytes }
        const offset = part.offset + bytes.length
        part = offset < part.size ? { ...part, offset } : null
        rest = rest.subarray(bytes.length)
        continue
      }
      const end = rest.indexOf(lineBreak) + 1
      line = join(line, end > 0 ? rest.subarray(0, end) : rest)
      if (line.length > longestHead) throw damaged()
      if (end === 0) break
      const begun = readHead(line)
      line = new Uint8Array(0)
      rest = rest.subarray(end)
      // Of a part that is whole already nothing follows: a file without content, for one.
      if (begun.offset === begun.size) yield { ...begun, bytes: line }
      else part = begun
    }
  }
}

function readHead(line: Uint8Array): Part {
  const [, sha256 = '', size = '', offset = ''] = head.exec(new TextDecoder('latin1').decode(line)) ?? []
  const part = { sha256, size: Number(size), offset: Number(offset) }
  if (sha256 === '' || part.offset > part.size || part.size > releaseLimits.fileBytes) throw damaged()
  return part
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

const damaged = () => new AppError('validation', 'What was sent is damaged. Publish again: it goes on with what is missing.')
