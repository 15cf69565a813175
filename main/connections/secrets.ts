import { z } from 'zod'
import type { Vault } from '../vault/vault.ts'

/** The secret part of a connection, kept in the vault under the connection's id. Times are epoch ms. */
const secret = z.object({
  v: z.literal(1),
  grantId: z.string(),
  generation: z.number().int(),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  accessExpiresAt: z.number().nullable(),
  refreshExpiresAt: z.number().nullable(),
  obtainedAt: z.number(),
  scopesGranted: z.array(z.string()),
  /** The client that the grant belongs to, should another one be set up meanwhile. */
  client: z.object({ clientId: z.string(), clientSecret: z.string().optional() }),
})
export type Secret = z.infer<typeof secret>

export const secretId = (connectionId: string) => `connection/${connectionId}`

/** Null when there is none: kept for a session that is over, or a record of another form. Errors as the vault's. */
export async function readSecret(vault: Vault, connectionId: string): Promise<Secret | null> {
  const text = await vault.read(secretId(connectionId))
  if (text === null) return null
  const parsed = secret.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : null
}

export const writeSecret = (vault: Vault, connectionId: string, value: Secret): Promise<void> =>
  vault.write(secretId(connectionId), JSON.stringify(value))

export const deleteSecret = (vault: Vault, connectionId: string): Promise<void> => vault.delete(secretId(connectionId))
