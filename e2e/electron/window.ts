import { EventEmitter } from 'node:events'
import type { BrowserWindowConstructorOptions } from 'electron'
import type { BrowserContext, Page, Request as PageRequest, Route } from 'playwright-core'
import { runPreload } from './preload-world.ts'
import { only } from './only.ts'

export type ProtocolHandler = (request: Request) => Response | Promise<Response>

/** What a window has to know of the rest. */
type Owner = {
  options: { context: BrowserContext; page?: Page }
  app: EventEmitter & { isQuitting: boolean }
  ipcMain: EventEmitter
  handlers: Map<string, ProtocolHandler>
  windows: StandInWindow[]
  shown(window: StandInWindow): void
  fault(text: string): void
}

type WindowOpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }
type Navigation = { url: string; defaultPrevented: boolean; preventDefault(): void }

/** Chromium cannot be taught a scheme from outside: `app://host` is shown to it as `https://host.app.invalid`. */
const shown = (url: string, schemes: Iterable<string>) =>
  url.replace(/^([a-z-]+):\/\/([^/]+)/, (all, scheme: string, host: string) =>
    [...schemes].includes(scheme) ? `https://${host}.${scheme}.invalid` : all,
  )
const real = (url: string) => url.replace(/^https:\/\/([^/]+)\.([a-z-]+)\.invalid/, '$2://$1')

export function createWindowClass(owner: Owner, early: (what: string) => void) {
  return class BrowserWindow extends StandInWindow {
    static getAllWindows() {
      return owner.windows
    }
    constructor(options: BrowserWindowConstructorOptions) {
      early('new BrowserWindow')
      super(owner, structuredClone(options))
    }
  }
}

export class StandInWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions
  readonly #owner: Owner
  readonly #contents = Object.assign(new EventEmitter(), {
    openHandler: null as WindowOpenHandler | null,
    setWindowOpenHandler(handler: WindowOpenHandler) {
      this.openHandler = handler
    },
  })
  readonly webContents = only('WebContents', this.#contents)
  readonly #loaded = Promise.withResolvers<Page>()
  readonly loaded = this.#loaded.promise
  isShown = false
  isFocused = false
  #isMaximized = false
  #isMinimized = false
  #isClosed = false

  constructor(owner: Owner, options: BrowserWindowConstructorOptions) {
    super()
    this.#owner = owner
    this.options = options
    this.loaded.catch(() => {})
    owner.windows.push(this)
    owner.app.emit('web-contents-created', {}, this.webContents)
  }

  show = () => void (this.isShown = true)
  focus = () => void (this.isFocused = true)
  maximize = () => void (this.#isMaximized = true)
  isMaximized = () => this.#isMaximized
  minimize = () => void (this.#isMinimized = true)
  isMinimized = () => this.#isMinimized
  restore = () => void (this.#isMinimized = false)
  getNormalBounds = () => ({ x: 10, y: 20, width: this.options.width ?? 800, height: this.options.height ?? 600 })
  /** The page is gone before the app is: what it would still have said is heard by nobody. */
  close(): void {
    this.emit('close', {})
    this.#isClosed = true
    this.#owner.windows.splice(this.#owner.windows.indexOf(this), 1)
    this.emit('closed')
    if (this.#owner.windows.length === 0 && !this.#owner.app.isQuitting) this.#owner.app.emit('window-all-closed')
  }
  reload = () => void this.loaded.then(page => page.reload())
  /** What the page would open: the answer of the handler. */
  openHandler = (url: string) => this.#contents.openHandler?.({ url }) ?? { action: 'allow' as const }

  loadURL(url: string): Promise<unknown> {
    this.#loaded.resolve(this.#load(url))
    return this.loaded
  }

  async #load(url: string): Promise<Page> {
    const { context } = this.#owner.options
    const page = this.#owner.options.page ?? (await context.newPage())
    await this.#route(context, page, url)
    page.on('pageerror', error => this.#isClosed || this.#owner.fault(`uncaught in page: ${error.message}`))
    const { preload } = this.options.webPreferences ?? {}
    if (preload)
      await runPreload(page, preload, {
        emit: (channel, message, ports) => {
          const senderFrame = { url: real(page.mainFrame().url()), parent: null }
          this.#owner.ipcMain.emit(channel, { sender: this.webContents, senderFrame, ports }, message)
        },
        fault: text => this.#owner.fault(text),
      })
    await page.goto(shown(url, this.#owner.handlers.keys()))
    this.emit('ready-to-show')
    this.#owner.shown(this)
    return page
  }

  async #route(context: BrowserContext, page: Page, start: string): Promise<void> {
    await context.route('**/*', async (route: Route) => {
      const request = route.request()
      const url = real(request.url())
      if (pageOf(request) !== page) {
        if (this.openHandler(url).action !== 'deny') this.#owner.fault(`a window was opened: ${url}`)
        return route.abort('aborted')
      }
      if (request.isNavigationRequest() && url !== start && this.#isPrevented(request, page, url)) return route.abort('aborted')
      const handler = this.#owner.handlers.get(new URL(url).protocol.slice(0, -1))
      if (!handler) {
        this.#owner.fault(`a request left the app: ${url}`)
        return route.abort('addressunreachable')
      }
      const response = await handler(new Request(url, { method: request.method() }))
      const body = Buffer.from(await response.arrayBuffer())
      return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
    })
    context.on('page', popup => void (popup !== page && popup.close()))
  }

  #isPrevented(request: PageRequest, page: Page, url: string): boolean {
    const event: Navigation = {
      url,
      defaultPrevented: false,
      preventDefault() {
        this.defaultPrevented = true
      },
    }
    this.#contents.emit('will-frame-navigate', event)
    if (request.frame() === page.mainFrame()) this.#contents.emit('will-navigate', event)
    return event.defaultPrevented
  }
}

/** Playwright knows no frame yet for the first request of a new page. */
function pageOf(request: PageRequest): Page | null {
  try {
    return request.frame().page()
  } catch {
    return null
  }
}
