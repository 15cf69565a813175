import { AppError } from '../core/errors.ts'

/**
 * A fetch for APIs that answer in JSON. A web page with status 200 comes from something in between, such as the sign-in page of a
 * network: it ends as `unavailable` instead of as an empty answer, and so does an answer that is cut off, which the SDKs would hand on
 * as a text. Files may be anything; what asks for them passes `isFile`.
 */
export const noWebPage =
  (send: typeof fetch, provider: string, isFile: (address: string) => boolean = () => false): typeof fetch =>
  async (input, init) => {
    const response = await send(input, init)
    if (!response.ok || isFile(input instanceof Request ? input.url : String(input))) return response
    if (response.headers.get('content-type')?.startsWith('text/html')) {
      await response.body?.cancel()
      throw new AppError('unavailable', `A web page came back instead of ${provider}’s answer. Check the network, then try again.`)
    }
    const text = await response.clone().text()
    try {
      if (text !== '') JSON.parse(text)
    } catch (cause) {
      throw new AppError('unavailable', `${provider} gave no sensible answer. Try again in a minute.`, { cause })
    }
    return response
  }
