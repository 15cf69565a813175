/**
 * The program inside a sandbox. It is sent to Deno as text (`harnessUrl`), so it may use nothing from outside of its own braces. User code
 * shares its realm: what it needs is captured before that code is loaded, and its lines carry a mark that the code cannot know.
 */
export async function harness(): Promise<void> {
  const { Deno, JSON, Error, TextEncoder, TextDecoder, Object, String, Map, WeakMap, Promise, Reflect } =
    globalThis as unknown as HarnessGlobals
  const { AsyncLocalStorage } = await import('node:async_hooks')
  const mostLogBytes = 1_000_000
  const mostOutputBytes = 10_000_000
  const mostMessageLength = 2000

  const parse = JSON.parse
  const stringify = JSON.stringify
  const encoder = new TextEncoder()
  const encode = encoder.encode.bind(encoder)
  const inspect = Deno.inspect
  const output = Deno.stdout
  const write = output.writeSync.bind(output)
  const input = Deno.stdin.readable
  const end = Deno.exit.bind(Deno)
  const later = globalThis.queueMicrotask
  const apply = Reflect.apply
  const subarray = Uint8Array.prototype.subarray
  const lengthOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length')?.get as () => number

  // ---- lines out, gathered per turn and written at once
  let mark = ''
  let pending = ''
  function sendText(json: string): void {
    if (pending === '') later(flush)
    pending += `${mark}${json}\n`
  }
  /** `message` has no prototype: a `toJSON` that user code puts on Object.prototype has no say in it. */
  function send(message: { __proto__: null; type: string; [name: string]: unknown }): void {
    sendText(stringify(message))
  }
  function flush(): void {
    let bytes: Uint8Array = encode(pending)
    pending = ''
    while (apply(lengthOf, bytes, []) > 0) bytes = apply(subarray, bytes, [write(bytes)])
  }

  // ---- which call of the function a line belongs to
  const calls = new AsyncLocalStorage<number>()
  const currentCall = () => calls.getStore() ?? null

  // ---- requests to the host
  type Waiting = { resolve(value: unknown): void; reject(error: unknown): void }
  const waiting = new Map<number, Waiting>()
  const shapes = new WeakMap<object, { code: string; message: string }>()
  let nextRequest = 1
  class PlugboardError extends Error {
    override readonly name = 'PlugboardError'
    readonly code: string
    constructor(shape: { code: string; message: string }) {
      super(shape.message)
      this.code = shape.code
      shapes.set(this, shape)
    }
  }
  function ask(request: object): Promise<unknown> {
    return new Promise((resolve: Waiting['resolve'], reject: Waiting['reject']) => {
      const id = nextRequest++
      send({ __proto__: null, type: 'ask', id, call: currentCall(), request })
      waiting.set(id, { resolve, reject })
    })
  }
  Object.defineProperty(globalThis, Symbol.for('plugboard'), { value: Object.freeze({ ask, PlugboardError }) })

  // ---- logs, written at once: they must be there when the code never comes back
  const logged = new Map<number | null, number>()
  function log(level: string, values: unknown[]): void {
    const call = currentCall()
    const before = logged.get(call) ?? 0
    if (before > mostLogBytes) return
    const text = values.map(value => (typeof value === 'string' ? value : show(value, 4))).join(' ')
    const cut = text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text
    // A line costs something even when it is empty.
    const after = before + cut.length + 100
    logged.set(call, after)
    send({
      __proto__: null,
      type: 'log',
      call,
      level,
      text: after > mostLogBytes ? 'More than 1 MB of logs: the rest is left out.' : cut,
    })
    flush()
  }
  function show(value: unknown, depth: number): string {
    try {
      return inspect(value, { depth, colors: false, strAbbreviateSize: 10_000 })
    } catch {
      return 'something that cannot be shown'
    }
  }
  const levels = {
    debug: 'debug',
    trace: 'debug',
    log: 'info',
    info: 'info',
    dir: 'info',
    table: 'info',
    warn: 'warn',
    error: 'error',
  }
  for (const [method, level] of Object.entries(levels)) {
    Object.defineProperty(globalThis.console, method, {
      value: (...values: unknown[]) => log(level, values),
      writable: true,
      configurable: true,
    })
  }
  Object.defineProperty(globalThis.console, 'assert', {
    value: (condition: unknown, ...values: unknown[]) => condition || log('error', ['Assertion failed:', ...values]),
    writable: true,
    configurable: true,
  })

  // ---- what user code has no use for, and what it does beside its calls
  Reflect.deleteProperty(Deno, Deno.internal)
  for (const name of ['internal', 'stdin', 'stdout', 'stderr', 'addSignalListener']) Reflect.deleteProperty(Deno, name)
  Object.defineProperty(Deno, 'exit', {
    value: () => {
      throw new Error('A function cannot end its own process. Return instead.')
    },
  })
  globalThis.addEventListener('unhandledrejection', event => {
    event.preventDefault()
    log('error', ['A promise was rejected and nobody waited for it:', (event as unknown as { reason: unknown }).reason])
  })
  globalThis.addEventListener('error', event => {
    event.preventDefault()
    log('error', ['An error was thrown and nobody caught it:', event.error])
  })

  function describe(thrown: unknown): object {
    try {
      const shape = typeof thrown === 'object' && thrown !== null ? shapes.get(thrown) : undefined
      const isError = thrown instanceof Error
      const message = isError
        ? String(thrown.message || thrown.name)
        : `The function threw ${show(thrown, 2).slice(0, 500)}, which is not an Error.`
      const stack = isError ? String(thrown.stack).slice(-20_000) : null
      return { __proto__: null, message: message.slice(0, mostMessageLength), stack, shape: shape ?? null }
    } catch {
      return { __proto__: null, message: 'The function threw something that cannot be read.', stack: null, shape: null }
    }
  }

  // ---- the function
  type UserFunction = (input: unknown) => unknown
  let userFunction: UserFunction | undefined
  async function load(url: string): Promise<object | null> {
    try {
      const module = (await import(url)) as { default?: unknown }
      if (typeof module.default !== 'function') throw new Error('The default export of its file is not a function.')
      userFunction = module.default as UserFunction
      return null
    } catch (error) {
      return describe(error)
    }
  }

  async function run(call: number, value: unknown): Promise<void> {
    try {
      if (!userFunction) throw new Error('The function is not loaded.')
      const json = toJson(await userFunction(value))
      if (json.length > mostOutputBytes) throw new Error('The function returned more than 10 MB. Return less, or write it to records.')
      sendText(`{"type":"result","call":${call},"output":${json}}`)
    } catch (error) {
      send({ __proto__: null, type: 'thrown', call, error: describe(error) })
    } finally {
      logged.delete(call)
    }
  }

  function toJson(value: unknown): string {
    const kind = typeof value
    if (value === undefined) return 'null'
    if (kind === 'function' || kind === 'symbol') throw notJson(`it is a ${kind}`)
    try {
      return stringify(value) ?? 'null'
    } catch (error) {
      throw notJson(error instanceof Error ? String(error.message).split('\n')[0] : show(error, 1))
    }
  }
  const notJson = (why: string | undefined) =>
    new Error(`The function returned something that is not JSON: ${why}. Return plain objects, arrays, texts and numbers.`)

  async function receive(line: string): Promise<void> {
    const message = parse(line)
    if (message.type === 'call') return calls.run(message.id, run, message.id, message.input)
    if (message.type === 'answer') {
      const request = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.error) request?.reject(new PlugboardError(message.error))
      else request?.resolve(message.value)
    }
    if (message.type === 'mark') {
      mark = message.mark
      send({ __proto__: null, type: 'ready' })
    }
    if (message.type === 'load') send({ __proto__: null, type: 'loaded', error: await load(message.url) })
  }

  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) void receive(line)
  }
  // The host is gone: so is the reason to be here.
  end(0)
}

type HarnessGlobals = typeof globalThis & {
  Deno: {
    internal: symbol
    inspect(value: unknown, options: object): string
    exit(code: number): never
    stdout: { writeSync(bytes: Uint8Array): number }
    stdin: { readable: AsyncIterable<Uint8Array> }
  }
}

/** The main module of every sandbox: it needs no file, so the process needs no right to read one. */
export const harnessUrl = `data:application/javascript;base64,${Buffer.from(`await (${harness.toString()})()`).toString('base64')}`
