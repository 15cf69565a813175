import type { Provider } from './provider.ts'

type Including = Pick<Provider, 'impliedScopes'>

/** Scopes with all that they include, by what the provider declares of its own scopes; also what the included ones include. */
export function withIncluded({ impliedScopes = {} }: Including, scopes: readonly string[]): string[] {
  const all = new Set(scopes)
  // A set gives what is added while it is gone through.
  for (const scope of all) for (const included of impliedScopes[scope] ?? []) all.add(included)
  return [...all]
}

/** Which of the needed scopes are not granted, neither by name nor within a wider one. */
export function missingScopes(provider: Including, granted: readonly string[], needed: readonly string[]): string[] {
  const allowed = new Set(withIncluded(provider, granted))
  return needed.filter(scope => !allowed.has(scope))
}
