import { AppError } from '../core/errors.ts'

/**
 * A fetch for APIs that answer in JSON. A web page with status 200 comes from something in between, such as the sign-in page of a
 * network: it ends as `unavailable` instead of as an empty answer. Files may be pages; what asks for them passes `isFile`.
 */
export const noWebPage =
  (send: typeof fetch, provider: string, isFile: (address: string) => boolean = () => false): typeof fetch =>
  async (input, init) => {
    const response = await send(input, init)
    const isPage = response.ok && response.headers.get('content-type')?.startsWith('text/html')
    if (!isPage || isFile(input instanceof Request ? input.url : String(input))) return response
    await response.body?.cancel()
    throw new AppError('unavailable', `A web page came back instead of ${provider}’s answer. Check the network, then try again.`)
  }
