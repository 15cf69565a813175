import type { Port } from '../core/rpc/port.ts'

/**
 * A line to main. In Electron the preload script takes the event `plugboard:connect` and sends a MessagePort; where nobody takes it the
 * page is in a browser and opens a WebSocket to its own origin.
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
    socket.addEventListener('close', () => reject(new Error('The connection was refused.')), { once: true })
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
