type Known = { name: string; clientId: string | null; hasSecret: boolean; secretRequired: boolean }

/** What is wrong with a client that is to be saved, a sentence for each field. A secret belongs to one client: another id needs its own. */
export function clientProblems(
  { name, clientId: savedId, hasSecret, secretRequired }: Known,
  given: { clientId: string; clientSecret: string },
): { clientId: string | null; clientSecret: string | null } {
  const clientId = given.clientId.trim()
  const keepsSecret = hasSecret && clientId === savedId
  const needsSecret = secretRequired && !keepsSecret && given.clientSecret.trim() === ''
  return {
    clientId: clientId === '' ? `Paste the client id that ${name} shows.` : null,
    clientSecret: needsSecret ? `${name} needs the client secret too. Copy it from the page where you made the client.` : null,
  }
}
