/** Runs a preload script as Electron does: sandboxed, before the page's own scripts, in an isolated world that shares only the DOM. */
import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

type Main = { emit(channel: string, message: unknown, ports: StandInPort[]): void; fault(text: string): void }
type Packed = { text: string } | { bytes: string } | { value: unknown }
type FromPage =
  | { kind: 'post'; channel: string; message: unknown; ports: number[] }
  | { kind: 'port'; port: number; data: Packed }
  | { kind: 'fault'; text: string }

const worldName = 'plugboard-preload'

/** Main's end of a port that the page sent: Electron's MessagePortMain. Holds messages until it is started. */
export class StandInPort extends EventEmitter {
  readonly #send: (data: unknown) => void
  #waiting: unknown[] | null = []

  constructor(send: (data: unknown) => void) {
    super()
    this.#send = send
  }

  postMessage(data: unknown): void {
    this.#send(structuredClone(data))
  }

  start(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const data of waiting) this.emit('message', { data, ports: [] })
  }

  deliver(data: unknown): void {
    if (this.#waiting) this.#waiting.push(data)
    else this.emit('message', { data, ports: [] })
  }
}

export async function runPreload(page: Page, file: string, main: Main): Promise<void> {
  const code = await readFile(file, 'utf8')
  const cdp = await page.context().newCDPSession(page)
  const ports = new Map<number, StandInPort>()
  let contextId = 0

  const open = (id: number): StandInPort => {
    const port = new StandInPort(data => {
      const expression = `__fromMain(${id}, ${JSON.stringify(pack(data))})`
      cdp.send('Runtime.evaluate', { contextId, expression }).catch(() => {})
    })
    ports.set(id, port)
    return port
  }
  const closeAll = () => {
    const open = [...ports.values()]
    ports.clear()
    for (const port of open) port.emit('close')
  }

  cdp.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name === worldName && !context.auxData?.['isDefault']) contextId = context.id
  })
  cdp.on('Runtime.executionContextsCleared', closeAll)
  page.on('close', closeAll)
  cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
    if (name !== '__toMain') return
    const said = JSON.parse(payload) as FromPage
    if (said.kind === 'post') main.emit(said.channel, said.message, said.ports.map(open))
    else if (said.kind === 'port') ports.get(said.port)?.deliver(unpack(said.data))
    else main.fault(`preload: ${said.text}`)
  })
  await cdp.send('Runtime.enable')
  await cdp.send('Page.enable')
  await cdp.send('Runtime.addBinding', { name: '__toMain', executionContextName: worldName })
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
    worldName,
    source: `(${world})(function (require, module, exports, process, Buffer, global) {${code}\n})`,
  })
}

function pack(data: unknown): Packed {
  if (typeof data === 'string') return { text: data }
  if (data instanceof Uint8Array) return { bytes: Buffer.from(data).toString('base64') }
  return { value: data }
}

function unpack(data: Packed): unknown {
  if ('text' in data) return data.text
  return 'bytes' in data ? new Uint8Array(Buffer.from(data.bytes, 'base64')) : data.value
}

/** Runs in the page. All that a sandboxed preload script can require is `electron`, and of that only what is here. */
function world(preload: (require: (id: string) => object, module: object, exports: object) => void) {
  if (window !== window.top) return
  const scope = globalThis as unknown as { __toMain(payload: string): void; __fromMain(port: number, data: Packed): void }
  const { __toMain: toMain } = scope
  const ports = new Map<number, MessagePort>()
  let lastPort = 0

  const pack = (data: unknown): Packed => {
    if (typeof data === 'string') return { text: data }
    if (data instanceof Uint8Array) return { bytes: btoa(Array.from(data, byte => String.fromCodePoint(byte)).join('')) }
    return { value: data }
  }
  const unpack = (data: Packed): unknown => {
    if ('text' in data) return data.text
    return 'bytes' in data ? Uint8Array.from(atob(data.bytes), character => character.codePointAt(0) ?? 0) : data.value
  }
  const send = (port: MessagePort): number => {
    const id = ++lastPort
    ports.set(id, port)
    port.addEventListener('message', ({ data }) => toMain(JSON.stringify({ kind: 'port', port: id, data: pack(data) })))
    port.start()
    return id
  }
  scope.__fromMain = (port, data) => ports.get(port)?.postMessage(unpack(data))

  const electron = {
    ipcRenderer: {
      postMessage: (channel: string, message: unknown, transfer: MessagePort[] = []) =>
        toMain(JSON.stringify({ kind: 'post', channel, message: structuredClone(message), ports: transfer.map(send) })),
    },
  }
  const require = (id: string) => {
    if (id === 'electron') return electron
    throw new Error(`module not found: ${id}`)
  }
  try {
    preload(require, { exports: {} }, {})
  } catch (error) {
    toMain(JSON.stringify({ kind: 'fault', text: String(error) }))
  }
}
