import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppError } from '../core/errors.ts'
import { createLinks } from './links.ts'

const isForbidden = (error: AppError) => error.code === 'forbidden'

function linksWith(relay: string | null = null) {
  const opened: string[] = []
  return { opened, links: createLinks({ openBrowser: async url => void opened.push(url), relayOrigin: async () => relay }) }
}

test('a page’s link opens https and nothing else', async () => {
  const { links, opened } = linksWith()
  await links.open('https://slack.com/x?y#z')
  for (const url of ['http://example.com/', 'http://127.0.0.1:1/', 'file:///etc/passwd', 'ms-msdt:/id', 'javascript:alert(1)', 'x', ''])
    await assert.rejects(links.open(url), isForbidden, url)
  assert.deepEqual(opened, ['https://slack.com/x?y#z'])
})

test('main itself also opens addresses of this machine, and no others without https', async () => {
  const { links, opened } = linksWith()
  await links.openOwn('http://127.0.0.1:4000/authorize?x=1')
  await links.openOwn('https://slack.com/')
  for (const url of [
    'http://example.com/',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
  ])
    await assert.rejects(links.openOwn(url), isForbidden, url)
  assert.deepEqual(opened, ['http://127.0.0.1:4000/authorize?x=1', 'https://slack.com/'])
})

test('a link leads to where main has sent the user before, and to no other port of this machine', async () => {
  const { links, opened } = linksWith()
  await links.openOwn('http://127.0.0.1:4000/authorize')
  await links.open('http://127.0.0.1:4000/inbox')
  await assert.rejects(links.open('http://127.0.0.1:4001/inbox'), isForbidden)
  await assert.rejects(links.open('http://localhost:4000/inbox'), isForbidden)
  assert.equal(opened.length, 2)
})

test('a link leads to the relay that this desktop has joined, on this machine too', async () => {
  const { links, opened } = linksWith('http://127.0.0.1:4747')
  await links.open('http://127.0.0.1:4747/a/tickets')
  await assert.rejects(links.open('http://127.0.0.1:4748/a/tickets'), isForbidden)
  await assert.rejects(links.open('http://127.0.0.1:4747@evil.example/'), isForbidden)
  assert.deepEqual(opened, ['http://127.0.0.1:4747/a/tickets'])
})
