import { EventEmitter } from 'node:events'

/** What the app has to know of the rest. */
type Owner = { options: { version?: string; isPrimary?: boolean }; windows: { close(): void }[] }
type Preventable = { defaultPrevented: boolean; preventDefault(): void }
const preventable = (): Preventable => ({
  defaultPrevented: false,
  preventDefault() {
    this.defaultPrevented = true
  },
})

/** Electron's `app`: ready only after the main module has been evaluated, and the order of quitting. */
export class StandInApp extends EventEmitter {
  readonly #owner: Owner
  readonly #ready = Promise.withResolvers<void>()
  #isReady = false
  readonly paths = new Map<string, string>()
  readonly isPackaged = true
  isSandboxed = false
  isQuitting = false
  hasQuit = false
  /** The exit code, once the app has ended. */
  readonly ended = Promise.withResolvers<number>()

  constructor(owner: Owner) {
    super()
    this.#owner = owner
  }

  becomeReady(): void {
    this.#isReady = true
    this.#ready.resolve()
    this.emit('ready')
  }

  isReady = () => this.#isReady
  whenReady = () => this.#ready.promise
  getVersion = () => this.#owner.options.version ?? '0.0.0'
  requestSingleInstanceLock = () => this.#owner.options.isPrimary ?? true

  setPath(name: string, path: string): void {
    if (this.#isReady) throw new Error(`app.setPath('${name}') after ready: Electron has used the old one already`)
    this.paths.set(name, path)
  }

  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready')
    this.isSandboxed = true
  }

  quit(): void {
    this.isQuitting = true
    this.emit('before-quit', preventable())
    for (const window of this.#owner.windows.slice()) window.close()
    const event = preventable()
    this.emit('will-quit', event)
    if (!event.defaultPrevented) this.exit(0)
  }

  exit(code = 0): void {
    if (this.hasQuit) return
    this.hasQuit = true
    this.emit('quit')
    this.ended.resolve(code)
  }
}
