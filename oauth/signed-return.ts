import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether a return from Shopify carries its signature (HMAC-SHA-256 by the client's secret over all other parameters, sorted) and names the
 * shop that was asked. Other parameters than the signature's own are compared as they were sent.
 */
export function isSignedByShopify(parameters: URLSearchParams, clientSecret: string, shop: string): boolean {
  if (parameters.get('shop') !== `${shop}.myshopify.com`) return false
  const others = [...parameters].filter(([name]) => name !== 'hmac').sort(([a], [b]) => (a < b ? -1 : 1))
  const message = others.map(([name, value]) => `${name}=${value}`).join('&')
  const expected = createHmac('sha256', clientSecret).update(message).digest()
  const given = Buffer.from(parameters.get('hmac') ?? '', 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
