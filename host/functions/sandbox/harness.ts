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

  const parse = JSON.parse
  const stringify = JSON.stringify
  const encoder = new TextEncoder()
  const encode = encoder.encode.bind(encoder)
  const inspect = Deno.inspect
  const output = Deno.stdout
  const write = output.writeSync.bind(output)
  const input = Deno.stdin.readable
  const later = globalThis.queueMicrotask
  const apply = Reflect.apply
  const subarray = Uint8Array.prototype.subarray
  const lengthOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length')?.get as () => number

  // ---- lines out, gathered per turn and written at once
  let mark = ''
  let pending = ''
  function send(message: object): void {
    if (pending === '') later(flush)
    pending += `${mark}${stringify(message)}\n`
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
  const shapes = new WeakMap<object, { code: string }>()
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
      waiting.set(id, { resolve, reject })
      send({ type: 'ask', id, call: currentCall(), request })
    })
  }
  Object.defineProperty(globalThis, Symbol.for('plugboard'), { value: Object.freeze({ ask, PlugboardError }) })

  // ---- logs
  const logged = new Map<number | null, number>()
  function log(level: string, values: unknown[]): void {
    const call = currentCall()
    const before = logged.get(call) ?? 0
    if (before > mostLogBytes) return
    const text = values
      .map(value => (typeof value === 'string' ? value : inspect(value, { depth: 4, colors: false, strAbbreviateSize: 10_000 })))
      .join(' ')
    const cut = text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text
    logged.set(call, before + cut.length)
    send({ type: 'log', call, level, text: before + cut.length > mostLogBytes ? 'More than 1 MB of logs: the rest is left out.' : cut })
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
    assert: 'error',
  }
  for (const [method, level] of Object.entries(levels)) {
    Object.defineProperty(globalThis.console, method, {
      value: (...values: unknown[]) => log(level, values),
      writable: true,
      configurable: true,
    })
  }

  // ---- what user code has no use for
  for (const name of ['stdin', 'stdout', 'stderr', 'exit', 'addSignalListener']) Reflect.deleteProperty(Deno, name)
  globalThis.addEventListener('unhandledrejection', event => {
    event.preventDefault()
    log('error', ['A promise was rejected and nobody waited for it:', (event as unknown as { reason: unknown }).reason])
  })

  function describe(thrown: unknown): object {
    const shape = typeof thrown === 'object' && thrown !== null ? shapes.get(thrown) : undefined
    const isError = thrown instanceof Error
    const message = isError
      ? String(thrown.message || thrown.name)
      : `The function threw ${inspect(thrown, { depth: 2, colors: false }).slice(0, 500)}, which is not an Error.`
    return { message, stack: isError ? String(thrown.stack) : null, code: shape?.code ?? null, shape: shape ?? null }
  }

  // ---- the function
  type UserFunction = (input: unknown) => unknown
  let userFunction: UserFunction | undefined
  async function load(url: string): Promise<object | null> {
    try {
      const module = (await import(url)) as { default?: unknown }
      if (typeof module.default !== 'function')
        throw new Error('The function’s file has no default export that is a function. Write “export default async function …”.')
      userFunction = module.default as UserFunction
      return null
    } catch (error) {
      return describe(error)
    }
  }

  async function run(call: number, value: unknown): Promise<void> {
    try {
      if (!userFunction) throw new Error('The function is not loaded.')
      const text = toJson(await userFunction(value))
      if (text.length > mostOutputBytes) throw new Error('The function returned more than 10 MB. Return less, or write it to records.')
      send({ type: 'result', call, output: parse(text) })
    } catch (error) {
      send({ type: 'thrown', call, error: describe(error) })
    } finally {
      logged.delete(call)
    }
  }

  function toJson(value: unknown): string {
    try {
      return stringify(value) ?? 'null'
    } catch (error) {
      throw new Error(
        `The function returned something that is not JSON: ${error instanceof Error ? String(error.message).split('\n')[0] : 'unknown'}. Return plain objects, arrays, texts and numbers.`,
      )
    }
  }

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
      send({ type: 'ready' })
    }
    if (message.type === 'load') send({ type: 'loaded', error: await load(message.url) })
  }

  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) void receive(line)
  }
}

type HarnessGlobals = typeof globalThis & {
  Deno: {
    inspect(value: unknown, options: object): string
    stdout: { writeSync(bytes: Uint8Array): number }
    stdin: { readable: AsyncIterable<Uint8Array> }
  }
}

/** The main module of every sandbox: it needs no file, so the process needs no right to read one. */
export const harnessUrl = `data:application/javascript;base64,${Buffer.from(`await (${harness.toString()})()`).toString('base64')}`
