import type { HostLink } from '../hostlink/hostlink.ts'

type Options = {
  hostLink: Pick<HostLink, 'watch' | 'client'>
  appId: string
  /** An outside call of the app has been noted. */
  told: () => void
  /** Of many calls in a row it is told at once, and then at most this often. Milliseconds. */
  pauseMs?: number
}

/** Hears of an app's outside calls. The host is followed anew after it has started again, or when `again` says that the app is open now. */
export function followCalls({ hostLink, appId, told, pauseMs = 1000 }: Options): { again(): void; stop(): void } {
  const stopping = new AbortController()
  const { signal } = stopping
  const tell = paced(told, pauseMs, signal)
  let isReading = false

  async function read(): Promise<void> {
    if (isReading) return
    isReading = true
    try {
      for await (const _ of await hostLink.client().activity.watch({ appId }, { signal })) tell()
    } catch {
      // The host has died, or does not run the app yet: both are heard of, and end in another try.
    } finally {
      isReading = false
    }
  }

  void (async () => {
    for await (const state of hostLink.watch(signal)) if (state === 'running') void read()
  })()
  return { again: () => void read(), stop: () => stopping.abort() }
}

/** The first call acts at once; those within the pause after it act together at its end. */
function paced(act: () => void, pauseMs: number, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | null = null
  let isDue = false
  signal.addEventListener('abort', () => timer && clearTimeout(timer), { once: true })
  const atEnd = (): void => {
    timer = null
    if (isDue) call()
  }
  const call = (): void => {
    isDue = timer !== null
    if (timer || signal.aborted) return
    timer = setTimeout(atEnd, pauseMs)
    act()
  }
  return call
}
