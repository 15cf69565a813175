/** A text without the connection's token. Providers have no reason to repeat it; one that does must not put it into an app's hands. */
export function withoutToken(text: string, token: string): string {
  return text.includes(token) ? text.replaceAll(token, '•••') : text
}
