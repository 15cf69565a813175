import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { frameHead, readFrames, type Part } from './frames.ts'

type Sent = Part & { bytes: Uint8Array }

const sent = fc
  .record({ letter: fc.constantFrom('a', 'b', 'c'), content: fc.uint8Array({ maxLength: 40 }), cut: fc.nat(40) })
  .map(({ letter, content, cut }): Sent => {
    const offset = Math.min(cut, content.length)
    return { sha256: letter.repeat(64), size: content.length, offset, bytes: content.subarray(offset) }
  })

const encode = (parts: readonly Sent[]) => Buffer.concat(parts.flatMap(part => [frameHead(part), part.bytes]))

async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const size of sizes) yield bytes.subarray(at, (at += size))
  yield bytes.subarray(at)
}

/** What arrives, with the bytes that follow each other put together. */
async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Sent[]> {
  const all: Sent[] = []
  let open: Sent | undefined
  for await (const part of readFrames(chunks)) {
    if (open && open.sha256 === part.sha256 && part.offset === open.offset + open.bytes.length && part.offset > open.offset)
      open.bytes = Buffer.concat([open.bytes, part.bytes])
    else all.push((open = { ...part }))
    if (open.offset + open.bytes.length === open.size) open = undefined
  }
  return all
}

const plain = (parts: readonly Sent[]) => parts.map(part => ({ ...part, bytes: Buffer.from(part.bytes).toString('hex') }))

it('parts come out as they went in, wherever the stream is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { maxLength: 5 }), fc.array(fc.nat(30)), async (parts, sizes) => {
      assert.deepEqual(plain(await readAll(inChunks(encode(parts), sizes))), plain(parts))
    }),
  )
})

it('a stream that ends at any byte leaves what came before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 4 }), fc.nat(), async (parts, at) => {
      const bytes = encode(parts)
      const cut = at % (bytes.length + 1)
      const arrived = (await readAll(inChunks(bytes.subarray(0, cut), []))).reduce((sum, part) => sum + part.bytes.length, 0)
      let expected = 0
      let rest = cut
      for (const part of parts) {
        rest -= frameHead(part).length
        if (rest < 0) break
        expected += Math.min(rest, part.bytes.length)
        rest -= part.bytes.length
        if (rest < 0) break
      }
      assert.equal(arrived, expected)
    }),
  )
})

it('what is no stream of parts is refused, and never taken for one', async () => {
  const wrong = [
    'x',
    `${'a'.repeat(64)} 5\n`,
    `${'a'.repeat(64)} 5 6\n`,
    `${'A'.repeat(64)} 5 0\n`,
    `${'a'.repeat(64)} 99999999 0\n`,
    `${'a'.repeat(64)} -1 0\n`,
    `${'a'.repeat(64)}  5 0\n`,
    '\n',
    'a'.repeat(500),
  ]
  for (const text of wrong) {
    const whole = async () => {
      for await (const part of readFrames(inChunks(new TextEncoder().encode(text), [3, 40]))) assert.fail(JSON.stringify(part))
    }
    if (text === 'x') await whole()
    else await assert.rejects(whole(), { name: 'AppError', code: 'validation' }, text)
  }
})
