import type { Teardown } from './relay.fixture.ts'

/** Does something with what ends after it, the last first: where one test has several such lives, or its runner gives it no end. */
export async function within(body: (t: Teardown) => Promise<void>): Promise<void> {
  await using stack = new AsyncDisposableStack()
  await body({ after: end => stack.defer(async () => end()) })
}
