/** A generator waits for its current step before it ends. Ending this one also cancels that step. `over` is called once it has ended, in whatever way. */
export function endable<T>(generator: AsyncGenerator<T, void>, controller: AbortController, over: () => void): AsyncGenerator<T, void> {
  const finished = async (step: Promise<IteratorResult<T, void>>): Promise<IteratorResult<T, void>> => {
    const result = await step.catch(error => {
      over()
      throw error
    })
    if (result.done) over()
    return result
  }
  const end = () => {
    controller.abort()
    return finished(generator.return()).catch(() => ({ done: true as const, value: undefined }))
  }
  return {
    next: () => finished(generator.next()),
    return: end,
    throw: error => {
      controller.abort()
      return finished(generator.throw(error))
    },
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: async () => void (await end()),
  }
}
