/**
 * Protects what a database keeps. Both are synchronous: they are used in the middle of transactions. Throws `unauthorized` while its key
 * waits to be unlocked.
 */
export type Sealer = {
  /** Authenticated encryption; opened again only with the same context. */
  seal(context: string, value: string): string
  /** Null when the key it was sealed with is not here, the context is another, or anything was altered. */
  open(context: string, sealed: string): string | null
  /** A keyed hash (HMAC-SHA-256): tells whether two values are the same without telling what they are. */
  hash(value: string): string
}

/** What a sealed token is bound to: moved to another connection, grant, generation or column, it does not open. */
export const tokenContext = (
  { connectionId, grantId, generation }: { connectionId: string; grantId: string; generation: number },
  column: 'access' | 'refresh' | 'spare',
): string => JSON.stringify([connectionId, grantId, generation, column])

/** The client belongs to the grant, whatever becomes of its tokens. */
export const clientContext = ({ connectionId, grantId }: { connectionId: string; grantId: string }): string =>
  JSON.stringify([connectionId, grantId, 'client'])
