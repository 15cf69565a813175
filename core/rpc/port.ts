/** One end of a two-way line: what MessagePort, a WebSocket and a child process have in common. Messages are strings or bytes. */
export type Port = {
  postMessage(message: unknown): void
  addEventListener(event: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(event: 'close', listener: () => void): void
}

/** Cuts one port into several, so that both sides can call each other over one line. */
export function splitPort<Name extends string>(port: Port, names: readonly Name[]): Record<Name, Port> {
  const parts = names.map((name): [Name, Port] => [
    name,
    {
      postMessage: message => port.postMessage({ part: name, message }),
      addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
        if (event === 'close') return port.addEventListener('close', () => listener({ data: undefined }))
        port.addEventListener('message', ({ data }) => {
          if (isPart(data) && data.part === name) listener({ data: data.message })
        })
      },
    },
  ])
  return Object.fromEntries(parts) as Record<Name, Port>
}

function isPart(data: unknown): data is { part: string; message: unknown } {
  return typeof data === 'object' && data !== null && 'part' in data && 'message' in data
}

export function isStream(value: unknown): value is AsyncIterator<unknown, unknown, undefined> & AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value
}
