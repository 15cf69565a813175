/** What stands where a secret was. */
export const masked = '••••••'

/** What credentials look like, by the prefixes that their issuers chose so that they can be found. */
const shapes = [
  /\bxox[a-z](?:\.xox[a-z])?-[\w-]{10,}/g, // Slack
  /\bxapp-[\w-]{10,}/g,
  /\bgh[pousr]_\w{16,}/g, // GitHub
  /\bgithub_pat_\w{20,}/g,
  /\bya29\.[\w-]{10,}/g, // Google
  /\b1\/\/0[\w-]{20,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bGOCSPX-[\w-]{20,}/g,
  /\bglpat-[\w-]{16,}/g, // GitLab
  /\b(?:secret|ntn)_\w{30,}/g, // Notion
  /\blin_(?:api|oauth)_\w{20,}/g, // Linear
  /\bpat[-\w]{10,}\.[\da-f]{32,}/g, // Airtable
  /\bsl\.[\w-]{40,}/g, // Dropbox
  /\bshp(?:at|ca|pa|ss)_[\da-f]{20,}/g, // Shopify
  /\bfig[dour]_[\w-]{20,}/g, // Figma
  /\bsk-[\w-]{20,}/g,
  /\b[sr]k_(?:live|test)_\w{10,}/g, // Stripe
  /\bAKIA[A-Z0-9]{16}\b/g, // AWS
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, // JWT, RFC 7519
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
]
const afterScheme = /\b(Bearer|Basic)(\s+|%20)[\w.~+/-]{8,}=*/gi
const afterName =
  /\b((?:access|refresh|id)_token|client_secret|code_verifier|api_?key)(["']?\s*[=:]\s*["']?|%3D|%22%3A%22)[\w.~+/%-]{6,}=*/gi

/** Hides what looks like a credential in text, wherever it comes from. */
export function maskSecrets(text: string): string {
  return shapes
    .reduce((result, shape) => result.replace(shape, masked), text)
    .replace(afterScheme, `$1$2${masked}`)
    .replace(afterName, `$1$2${masked}`)
}

/**
 * A text without these values, also where they are written as in an address. For what a service may repeat of a token that
 * has no shape to know it by.
 */
export function withoutValues(text: string, values: Iterable<string>): string {
  let result = text
  for (const value of values) {
    // Shorter ones would be found in ordinary words.
    if (value.length < 8) continue
    for (const form of [value, encodeURIComponent(value)]) if (result.includes(form)) result = result.replaceAll(form, masked)
  }
  return result
}

export type Scrubber = ReturnType<typeof createScrubber>

/** Cleans texts for logs and errors: of what looks like a credential, and of the values it was told. It remembers the last `most` of them. */
export function createScrubber(most = 500) {
  const values = new Set<string>()
  return {
    know(value: string): void {
      values.delete(value)
      values.add(value)
      const [oldest] = values
      if (values.size > most && oldest !== undefined) values.delete(oldest)
    },
    scrub: (text: string): string => maskSecrets(withoutValues(text, values)),
  }
}
