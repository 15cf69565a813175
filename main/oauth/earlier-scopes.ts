import { isInvalidScope } from '../../oauth/errors.ts'
import { underEarlierNames } from '../../oauth/grant.ts'
import { authorize, type Attempt, type AuthorizeOptions } from './authorize.ts'

/**
 * Signs in as `authorize` does. Where the provider does not know a scope, because the client is older than its name, the same browser tab
 * goes on to ask for it by the name it had before.
 */
export async function authorizeByAnyName(options: AuthorizeOptions): Promise<Attempt> {
  const first = await authorize(options)
  const earlier = underEarlierNames(options.provider, options.scopes)
  if (!earlier) return first
  let current = first
  let closed = false

  const goOn = async (error: unknown): Promise<void> => {
    if (closed || !isInvalidScope(error)) throw error
    // On a port of its own: the first one's listener is still answering the tab.
    const second = await authorize({ ...options, scopes: earlier })
    current = second
    first.sendOn(second.authorizationUrl)
    await first.close()
    if (closed) await second.close()
    return second.returned
  }
  const returned = first.returned.catch(goOn)
  returned.catch(() => {})
  return {
    ...first,
    returned,
    async exchange() {
      await returned
      return current.exchange()
    },
    finish: page => current.finish(page),
    sendOn: url => current.sendOn(url),
    async close() {
      closed = true
      await current.close()
    },
  }
}
