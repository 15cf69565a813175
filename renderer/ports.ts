import { AppError } from '../core/errors.ts'
import type { Port } from '../core/rpc/port.ts'

/**
 * A line to main. In Electron the preload script takes the event `plugboard:connect` and sends a MessagePort; where nobody takes it the
 * page is in a browser and opens a WebSocket to its own origin. Errors: unavailable (nobody answers), unauthorized (main was started anew
 * and does not know this page).
 */
export function openPort(): Promise<Port> {
  const shell = new AbortController()
  const port = new Promise<Port>(resolve => {
    window.addEventListener(
      'message',
      ({ data, source, ports: [offered] }) => {
        if (data !== 'plugboard:port' || source !== window || !offered) return
        shell.abort()
        offered.start()
        resolve(offered as Port)
      },
      { signal: shell.signal },
    )
  })
  const taken = !window.dispatchEvent(new Event('plugboard:connect', { cancelable: true }))
  if (taken) return port
  shell.abort()
  return openSocket()
}

function openSocket(): Promise<Port> {
  const url = new URL('/rpc', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    socket.addEventListener('close', () => void whyRefused().then(reject), { once: true })
    socket.addEventListener('open', () => resolve(toPort(socket)), { once: true })
  })
}

function toPort(socket: WebSocket): Port {
  return {
    postMessage: message => socket.send(message as string | ArrayBuffer),
    addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
      if (event === 'close') socket.addEventListener('close', () => listener({ data: undefined }))
      else socket.addEventListener('message', ({ data }) => listener({ data }))
    },
  }
}

/** A browser does not tell a page why its socket was refused; an ordinary request does. */
async function whyRefused(): Promise<AppError> {
  const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => null)
  if (answer?.status !== 401) return new AppError('unavailable', 'Plugboard does not answer.')
  return new AppError('unauthorized', 'Plugboard was started again. Open it with the address that its terminal shows.')
}
