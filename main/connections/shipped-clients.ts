import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import shipped from '../../resources/oauth-clients.json' with { type: 'json' }

const clientsFile = z.object({
  v: z.literal(1),
  clients: z.record(z.string(), z.strictObject({ clientId: z.string().min(1), clientSecret: z.string().min(1).optional() })),
})

/**
 * The OAuth clients that this build comes with, by provider: `resources/oauth-clients.json`, or the file that PLUGBOARD_OAUTH_CLIENTS names.
 * Such a client's secret, where it has one, is known to everyone who has the build. A file that cannot be used is reported, and counts as empty.
 */
export function readShippedClients(
  report: (error: AppError) => void,
  path = process.env['PLUGBOARD_OAUTH_CLIENTS'],
): Readonly<Record<string, OAuthClient>> {
  try {
    return clientsFile.parse(path ? JSON.parse(readFileSync(path, 'utf8')) : shipped).clients
  } catch (cause) {
    report(
      new AppError(
        'unavailable',
        `Plugboard cannot use the OAuth clients in ${path ?? 'resources/oauth-clients.json'}. See docs/providers.`,
        {
          cause,
        },
      ),
    )
    return {}
  }
}
