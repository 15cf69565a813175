/**
 * The part of Electron that `main/electron` uses, on a real Chromium. Real: the built main, preload and renderer bundles, the policy of
 * the page, the DOM, the isolated world of the preload script, message ports, child processes. Stood in: windows, loading a custom
 * scheme, the transport of IPC, the system. Rules that keep it honest: it runs what was built; Electron's rules of order hold; all that
 * crosses is cloned; a property nobody provided throws by its name; every uncaught error is a fault.
 */
import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import type { BrowserContext, Page } from 'playwright-core'
import { StandInApp } from './app.ts'
import { only } from './only.ts'
import { forkUtilityProcess, type UtilityFork } from './utility-process.ts'
import { createWindowClass, type ProtocolHandler, type StandInWindow } from './window.ts'

export type StandInOptions = { context: BrowserContext; page?: Page; version?: string; isPrimary?: boolean }
type Listener = (...args: never[]) => unknown

export class StandIn {
  readonly options: StandInOptions
  readonly app: StandInApp
  readonly ipcMain = new EventEmitter()
  readonly schemes = new Map<string, Electron.Privileges | undefined>()
  readonly handlers = new Map<string, ProtocolHandler>()
  readonly permissions: Record<'request' | 'check' | 'device', Listener | null> = { request: null, check: null, device: null }
  readonly opened: string[] = []
  readonly windows: StandInWindow[] = []
  readonly forks: UtilityFork[] = []
  readonly menus: { template: Electron.MenuItemConstructorOptions[]; beforeReady: boolean }[] = []
  readonly errorBoxes: string[] = []
  /** What Electron would have reported on its console or crashed with. */
  readonly faults: string[] = []
  readonly events = new EventEmitter<{ opened: [url: string]; fault: [text: string]; window: [window: StandInWindow] }>()

  constructor(options: StandInOptions) {
    this.options = options
    this.app = new StandInApp(this)
  }

  fault(text: string): void {
    this.faults.push(text)
    this.events.emit('fault', text)
  }

  shown(window: StandInWindow): void {
    this.events.emit('window', window)
  }

  /** What `import … from 'electron'` gives. The types are Electron's own: a renamed or changed API does not compile. */
  readonly modules = (): Record<string, object> => {
    const early = (what: string) => {
      if (!this.app.isReady()) throw new Error(`${what} before the app is ready`)
    }
    const shell: Pick<typeof Electron.shell, 'openExternal'> = {
      openExternal: async url => {
        this.opened.push(url)
        this.events.emit('opened', url)
      },
    }
    const protocol: Pick<typeof Electron.protocol, 'registerSchemesAsPrivileged' | 'handle'> = {
      registerSchemesAsPrivileged: list => {
        if (this.app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
        for (const { scheme, privileges } of list) this.schemes.set(scheme, privileges)
      },
      handle: (scheme, handler) => {
        early('protocol.handle')
        this.handlers.set(scheme, handler as ProtocolHandler)
      },
    }
    type Guarded = 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
    const defaultSession: Pick<Electron.Session, Guarded> = {
      setPermissionRequestHandler: handler => void (this.permissions.request = handler as Listener | null),
      setPermissionCheckHandler: handler => void (this.permissions.check = handler as Listener | null),
      setDevicePermissionHandler: handler => void (this.permissions.device = handler as Listener | null),
    }
    const session = {
      get defaultSession() {
        early('session.defaultSession')
        return only('session.defaultSession', defaultSession)
      },
    }
    const Menu = {
      buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => structuredClone(template),
      setApplicationMenu: (template: Electron.MenuItemConstructorOptions[]) => {
        this.menus.push({ template, beforeReady: !this.app.isReady() })
      },
    }
    const dialog: Pick<typeof Electron.dialog, 'showErrorBox'> = {
      showErrorBox: (title, content) => void this.errorBoxes.push(`${title}: ${content}`),
    }
    const screen = {
      getAllDisplays: () => {
        early('screen')
        return [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }]
      },
    }
    const utilityProcess = {
      fork: (module: string, args: string[] = [], options: Electron.ForkOptions = {}) => {
        early('utilityProcess.fork')
        const { process, fork } = forkUtilityProcess(module, args, options)
        this.forks.push(fork)
        return process
      },
    }
    const all: Record<string, object> = {
      app: this.app,
      BrowserWindow: createWindowClass(this, early),
      dialog,
      ipcMain: this.ipcMain,
      Menu,
      nativeTheme: { shouldUseDarkColors: false } satisfies Pick<typeof Electron.nativeTheme, 'shouldUseDarkColors'>,
      protocol,
      screen,
      session,
      shell,
      utilityProcess,
    }
    return Object.fromEntries(Object.entries(all).map(([name, module]) => [name, name === 'BrowserWindow' ? module : only(name, module)]))
  }
}
