import { AppError } from '../../core/errors.ts'

const largestAnswerBytes = 25_000_000

/**
 * A `fetch` that reads an answer only up to a size: a provider must not fill the host's memory, also not with something it has packed
 * small. An SDK may swallow the error and go on with half an answer, so `onTooLarge` hears of it as well.
 */
export function limitAnswers(send: typeof fetch, providerName: string, onTooLarge: (error: AppError) => void): typeof fetch {
  const tooLarge = () => {
    const error = new AppError('unavailable', `${providerName} sent more than ${largestAnswerBytes / 1e6} MB. Ask for less at once.`)
    onTooLarge(error)
    return error
  }

  return async (input, init) => {
    const response = await send(input, init)
    if (!response.body) return response
    const told = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
    // The HTTP client reads no more than was told, so what is told small needs no counting.
    if (told !== null && Number(told) <= largestAnswerBytes) return response
    if (told !== null) {
      await response.body.cancel()
      throw tooLarge()
    }
    let sizeBytes = 0
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          sizeBytes += chunk.byteLength
          if (sizeBytes > largestAnswerBytes) controller.error(tooLarge())
          else controller.enqueue(chunk)
        },
      }),
    )
    const limited = new Response(counted, { status: response.status, statusText: response.statusText, headers: response.headers })
    Object.defineProperty(limited, 'url', { value: response.url })
    return limited
  }
}
