import { EventPublisher } from '@orpc/server'

/** Something that changes and can be followed: each follower gets every change from the moment it subscribes. */
export class Changes<T> {
  #publisher = new EventPublisher<{ change: T }>()

  publish(change: T): void {
    this.#publisher.publish('change', change)
  }

  listen(listener: (change: T) => void): () => void {
    return this.#publisher.subscribe('change', listener)
  }

  /** Every change from now on. Ends when `signal` aborts. A slow follower loses the oldest changes beyond 1,000. */
  follow(signal?: AbortSignal): AsyncGenerator<T> {
    return endQuietly(this.#publisher.subscribe('change', { signal, maxBufferedEvents: 1000 }), signal)
  }

  /** The state now, and again after each change: followers that only want to be up to date skip what they missed. */
  async *followState<S>(read: () => S | Promise<S>, signal?: AbortSignal): AsyncGenerator<S> {
    const changes = endQuietly(this.#publisher.subscribe('change', { signal, maxBufferedEvents: 1 }), signal)
    yield await read()
    for await (const _ of changes) yield await read()
  }
}

/** A follower that leaves is the normal end of a stream, not an error. */
async function* endQuietly<T>(changes: AsyncGenerator<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  try {
    yield* changes
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}
