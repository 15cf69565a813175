import { html } from 'hono/html'
import { z } from 'zod'
import type { PublishToken } from '../desktops/publish-tokens.ts'
import { alert, buttonForm, field, table, type Html } from './layout.ts'
import { time } from './time.ts'

export const tokenForm = z.object({
  name: z.string().trim().min(1, 'Say what the token is for.').max(60, 'Use a name of up to 60 characters.'),
})

/** The part of a member's page about tokens for programs that publish. `made`: one that was just made, which is shown this once. */
export const publishTokensPart = (
  tokens: readonly PublishToken[],
  { made, message = null }: { made?: string; message?: string | null },
): Html =>
  html`<h2 id="tokens">Publish tokens <small>For programs that publish for you, such as a build server</small></h2>
    ${alert(message)}
    ${
      made
        ? html`<p class="note" role="status">
            Set this as <code>PLUGBOARD_RELAY_TOKEN</code> for <code>npm run publish</code>. It can only publish, for a year, and is not
            shown again.<br /><code>${made}</code>
          </p>`
        : ''
    }
    ${
      tokens.length
        ? table(
            'Publish tokens',
            [{ name: 'Token', kind: 'main' }, { name: 'Last used' }, { name: 'Until' }, { name: 'End', kind: 'acts' }],
            tokens.map(({ id, name, usedAt, expiresAt }) => [
              name,
              usedAt === null ? 'Never' : time(usedAt),
              time(expiresAt),
              buttonForm('/account/tokens/end', 'End', { id }, { name: `End ${name}` }),
            ]),
          )
        : ''
    }
    <form class="line" method="post" action="/account/tokens">
      ${field({ name: 'name', label: 'What it is for', autocomplete: 'off' })}
      <button type="submit">Make a token</button>
    </form>`
