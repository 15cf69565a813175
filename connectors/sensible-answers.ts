import { AppError } from '../core/errors.ts'

type Options = {
  /** Files may be anything; what asks for them is known by its address. */
  isFile?: (address: string) => boolean
  /** What every answer of this service has. `answer` is an object or a list. */
  isAnswer?: (answer: object) => boolean
  /** For a service that answers some calls with nothing and status 200. */
  mayBeEmpty?: boolean
}

/**
 * A fetch for APIs that answer in JSON. What comes with a status that says all is well and is something else ends as `unavailable`, where
 * the SDKs would hand it on as an empty answer: a web page of something in between, such as the sign-in page of a network, an answer that
 * is cut off, or none at all.
 */
export const sensibleAnswers =
  (send: typeof fetch, provider: string, { isFile = () => false, isAnswer = () => true, mayBeEmpty = false }: Options = {}): typeof fetch =>
  async (input, init) => {
    const response = await send(input, init)
    if (!response.ok || response.status === 204 || isFile(input instanceof Request ? input.url : String(input))) return response
    if (response.headers.get('content-type')?.startsWith('text/html')) {
      await response.body?.cancel()
      throw new AppError('unavailable', `A web page came back instead of ${provider}’s answer. Check the network, then try again.`)
    }
    const text = await response.clone().text()
    if (text === '' && mayBeEmpty) return response
    const answer = parse(text)
    if (typeof answer === 'object' && answer !== null && isAnswer(answer)) return response
    await response.body?.cancel()
    throw new AppError('unavailable', `${provider} gave no sensible answer. Try again in a minute.`)
  }

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
