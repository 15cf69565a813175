import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startSandbox } from './sandbox/process.ts'
import type { FromSandbox } from './sandbox/messages.ts'

// What code in a sandbox tries, without the bundler in between: the sandbox must hold by itself.
let port = 0
let secretFile = ''
let connections = 0
const server = createServer(socket => {
  connections++
  socket.destroy()
})
before(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  secretFile = join(await mkdtemp(join(tmpdir(), 'isolation-')), 'secret.txt')
  await writeFile(secretFile, 'the secret')
})
after(() => server.close())

async function attempt(source: string): Promise<unknown> {
  const sandbox = startSandbox(200)
  try {
    await sandbox.ready
    return await new Promise((resolve, reject) => {
      sandbox.onMessage((message: FromSandbox) => {
        if (message.type === 'loaded')
          return message.error ? resolve({ refusedAtLoad: message.error.message }) : sandbox.send({ type: 'call', id: 1, input: null })
        if (message.type === 'result') resolve(message.output)
        if (message.type === 'thrown') resolve({ refused: message.error.message })
      })
      void sandbox.exited.then(exit => reject(new Error(`exited ${JSON.stringify(exit)}`)))
      sandbox.send({ type: 'load', url: `data:text/javascript;base64,${Buffer.from(source).toString('base64')}` })
    })
  } finally {
    sandbox.kill()
  }
}
const inside = (expression: string) => `export default async () => { ${expression} }`

const attempts: [name: string, source: () => string][] = [
  ['read a file', () => inside(`return await Deno.readTextFile(${JSON.stringify(secretFile)})`)],
  ['read a file by node:fs', () => `import fs from 'node:fs'\n${inside(`return fs.readFileSync(${JSON.stringify(secretFile)}, 'utf8')`)}`],
  ['fetch a file', () => inside(`return await (await fetch('file://${secretFile}')).text()`)],
  ['import a file as text', () => `import t from 'file://${secretFile}' with { type: 'text' }\n${inside('return t')}`],
  [
    'import a file as text while running',
    () => inside(`return (await import('file://${secretFile}', { with: { type: 'text' } })).default`),
  ],
  ['write a file', () => inside(`await Deno.writeTextFile('x.txt', 'x'); return 'written'`)],
  ['reach the network', () => inside(`return (await fetch('http://127.0.0.1:${port}')).status`)],
  ['open a socket', () => inside(`await Deno.connect({ hostname: '127.0.0.1', port: ${port} }); return 'connected'`)],
  [
    'open a socket by node:net',
    () =>
      `import net from 'node:net'\n${inside(`return await new Promise((yes, no) => net.connect(${port}, '127.0.0.1').on('connect', () => yes('connected')).on('error', no))`)}`,
  ],
  [
    'open a WebSocket',
    () =>
      inside(
        `return await new Promise((yes, no) => { const s = new WebSocket('ws://127.0.0.1:${port}'); s.onopen = () => yes('open'); s.onerror = e => no(new Error(e.message ?? 'refused')) })`,
      ),
  ],
  ['listen', () => inside(`Deno.listen({ port: 0 }); return 'listening'`)],
  ['look up a name', () => inside(`return await Deno.resolveDns('example.com', 'A')`)],
  ['read the environment', () => inside(`return Deno.env.toObject()`)],
  [
    'read the environment by process',
    () =>
      inside(
        `const { env } = await import('node:process'); return Object.keys(env).length > 0 ? { ...env } : Promise.reject(new Error('empty'))`,
      ),
  ],
  ['run a program', () => inside(`return (await new Deno.Command('id').output()).code`)],
  [
    'run a program by node:child_process',
    () => `import { execSync } from 'node:child_process'\n${inside(`return String(execSync('id'))`)}`,
  ],
  ['load native code', () => inside(`Deno.dlopen('libc.so.6', {}); return 'loaded'`)],
  ['ask the system its name', () => inside(`return Deno.hostname()`)],
  [
    'keep things in the cache',
    () => inside(`const c = await caches.open('x'); await c.put('http://a/', new Response('x')); return 'kept'`),
  ],
  ['keep things in localStorage', () => inside(`localStorage.setItem('a', 'b'); return 'kept'`)],
  ['download a package', () => inside(`return Object.keys(await import('npm:left-pad'))`)],
  ['import from the network', () => inside(`return Object.keys(await import('http://127.0.0.1:${port}/x.js'))`)],
  ['kill a process', () => inside(`Deno.kill(${process.pid}, 'SIGTERM'); return 'killed'`)],
  [
    'escape by a worker',
    () =>
      inside(
        `return await new Promise((yes, no) => { const w = new Worker('data:text/javascript,' + encodeURIComponent('try { postMessage(Deno.readTextFileSync(${JSON.stringify(secretFile)})) } catch (e) { postMessage({ error: e.message }) }'), { type: 'module' }); w.onmessage = e => e.data.error ? no(new Error(e.data.error)) : yes(e.data); w.onerror = e => { e.preventDefault(); no(new Error(e.message)) } })`,
      ),
  ],
]
for (const [name, source] of attempts) {
  test(`a sandbox does not let code ${name}`, async () => {
    const outcome = await attempt(source())
    assert.ok(
      typeof outcome === 'object' && outcome !== null && ('refused' in outcome || 'refusedAtLoad' in outcome),
      JSON.stringify(outcome),
    )
    assert.equal(connections, 0)
  })
}

test('asking for a permission is answered with no', async () => {
  assert.deepEqual(await attempt(inside(`return (await Deno.permissions.request({ name: 'read' })).state`)), 'denied')
})

test('what code writes by itself is nobody’s answer', async () => {
  const forged = inside(
    `const { writeSync } = await import('node:fs'); try { writeSync(1, '\\n{"type":"result","call":1,"output":"forged"}\\n') } catch {} ; return 'true answer'`,
  )
  assert.equal(await attempt(forged), 'true answer')
})

test('the process knows nothing of this one', async () => {
  assert.deepEqual(await attempt(inside(`return Object.keys((await import('node:process')).argv.slice(2))`)), [])
})
