import type { BrowserWindowConstructorOptions } from 'electron'
import type { WindowState } from './window-state.ts'

/** What a window of Plugboard is made with. What Electron's security list asks for is spelled out, although it is the default. */
export function windowOptions(state: WindowState, look: { preload: string; isDark: boolean }): BrowserWindowConstructorOptions {
  return {
    ...state.bounds,
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Plugboard',
    // The page's own ground, so that no white flashes before the first paint.
    backgroundColor: look.isDark ? '#0c0c0f' : '#f3f3f6',
    webPreferences: {
      preload: look.preload,
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webviewTag: false,
      spellcheck: false,
    },
  }
}
