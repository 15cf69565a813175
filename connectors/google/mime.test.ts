import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { AppError } from '../../core/errors.ts'
import { buildMail, encodeWords, formatAddress } from './mime.ts'

/** Unfolds and reads a header block (RFC 5322 §2.2), keeping every line as it came. */
function readMail(mail: string) {
  const at = mail.indexOf('\r\n\r\n')
  const lines = mail.slice(0, at).split('\r\n')
  const headers = lines.reduce<string[]>(
    (all, line) => (line.startsWith(' ') ? [...all.slice(0, -1), all.at(-1) + line] : [...all, line]),
    [],
  )
  const header = (name: string) => headers.find(each => each.startsWith(`${name}: `))?.slice(name.length + 2) ?? null
  return { lines, names: headers.map(each => each.split(':')[0]), header, body: mail.slice(at + 4) }
}

const decodeWords = (value: string) =>
  value.replaceAll('?= =?', '?==?').replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, data: string) => Buffer.from(data, 'base64').toString())
const decodeBody = (body: string) => Buffer.from(body.replaceAll('\r\n', ''), 'base64').toString()

const base = { to: ['mia@example.com'], subject: 'Hello', text: 'Hi' }
const lineOfText = fc.string({ unit: 'grapheme', maxLength: 200 }).filter(text => !/[\p{Cc}\u2028\u2029]/u.test(text))

test('any subject arrives as it was written, on short plain lines', () => {
  fc.assert(
    fc.property(lineOfText, subject => {
      const { lines, header, names } = readMail(buildMail({ ...base, subject }))
      assert.equal(decodeWords(header('Subject') ?? ''), subject.toWellFormed())
      assert.deepEqual(names, ['To', 'Subject', 'Date', 'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding'])
      for (const line of lines) assert.match(line, /^[\x20-\x7e]{1,78}$/)
    }),
  )
})

test('no encoded word is longer than 75 characters or splits a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
      for (const word of encodeWords(text.toWellFormed(), 9).split('\r\n ')) {
        if (!word.startsWith('=?')) continue
        assert.ok(word.length <= 75)
        assert.ok(!Buffer.from(word.slice(10, -2), 'base64').toString().includes('\ufffd') || text.toWellFormed().includes('\ufffd'))
      }
    }),
  )
})

test('any text arrives as it was written, with the line ends of mail', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), text => {
      const { body } = readMail(buildMail({ ...base, text }))
      assert.equal(decodeBody(body), text.toWellFormed().replaceAll(/\r\n|\r|\n/g, '\r\n'))
      for (const line of body.split('\r\n')) assert.match(line, /^[\x20-\x7e]{0,76}$/)
    }),
  )
})

test('a line break in any header is refused, so no text can add a recipient', () => {
  const ends = fc.constantFrom('\r\n', '\n', '\r', '\u0000', '\u2028')
  fc.assert(
    fc.property(
      fc.string(),
      ends,
      fc.string(),
      fc.constantFrom('subject', 'to', 'cc', 'from', 'replyTo', 'inReplyTo'),
      (before, end, after, place) => {
        const bad = `${before}${end}Bcc: evil@example.com${end}${after}`
        const mail = { ...base, [place]: place === 'to' || place === 'cc' ? [`${bad} <a@example.com>`] : bad }
        assert.throws(
          () => buildMail(mail),
          (error: unknown) => error instanceof AppError && error.code === 'validation',
        )
      },
    ),
  )
})

test('an address is written once and plainly, whatever name stands before it', () => {
  fc.assert(
    fc.property(lineOfText, name => {
      const written = formatAddress(`${name.replaceAll(/[<>]/g, '')} <mia@example.com>`)
      assert.equal(written.match(/@example\.com/g)?.length ?? 0, name.includes('@example.com') ? 2 : 1)
      assert.match(written, /(^|<)mia@example\.com>?$/)
    }),
  )
})

test('addresses that are none are refused, and international domains go out in ASCII', () => {
  for (const bad of [
    '',
    'mia',
    'mia@',
    '@example.com',
    'a b@example.com',
    'a@b@c',
    'mia@exa mple.com',
    'mia@example.com>',
    'mia@/x',
    'mïa@example.com',
  ])
    assert.throws(() => formatAddress(bad), AppError, bad)
  assert.equal(formatAddress('mia@bücher.example'), 'mia@xn--bcher-kva.example')
  assert.equal(formatAddress('Mia Chen <mia@example.com>'), '"Mia Chen" <mia@example.com>')
  assert.equal(formatAddress('"Chen, Mia" <mia@example.com>'), '"Chen, Mia" <mia@example.com>')
})

test('a mail with HTML carries both, the plain text first', () => {
  const mail = buildMail({ ...base, text: 'plain', html: '<b>rich</b>' })
  const boundary = /boundary="([^"]+)"/.exec(mail)?.[1] ?? ''
  const parts = mail.split(`--${boundary}`)
  assert.equal(parts.length, 4)
  assert.match(parts[1] ?? '', /text\/plain/)
  assert.equal(decodeBody((parts[2] ?? '').split('\r\n\r\n')[1] ?? ''), '<b>rich</b>')
  assert.equal(parts[3], '--\r\n')
})

test('a mail without recipients is refused', () => {
  assert.throws(() => buildMail({ ...base, to: [] }), /no recipient/)
})
