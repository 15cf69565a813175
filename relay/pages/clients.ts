import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { labelOf } from '../../core/oauth-client.ts'
import type { Provider } from '../../core/provider.ts'
import { demand, may } from '../members/roles.ts'
import type { WorkspaceClient } from '../oauth/clients.ts'
import { returnPath } from '../oauth/sign-ins.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import { membersOnly } from './account.ts'
import { answerForm, parseFields } from './forms.ts'
import { memberPage } from './frame.ts'
import { alert, chip, field, question, table, type Html } from './layout.ts'
import { time } from './time.ts'

const visible = /^[\x21-\x7e]+$/
const clientForm = z.object({
  clientId: z.string().trim().max(300).regex(visible, 'Enter the client id as the provider shows it, without spaces.'),
  clientSecret: z
    .string()
    .trim()
    .max(1000)
    .refine(text => text === '' || visible.test(text), 'Enter the client secret as the provider shows it, without spaces.'),
})

/** The OAuth clients of the workspace: which there are, and for admins how to make one. A secret is written and never shown. */
export function clientPages(rooms: Rooms): Hono<RelayEnv> {
  const { catalogue, clients, members, url, workspace } = rooms
  const providers = new Map(Object.values(catalogue.tools).map(({ provider }) => [provider.id, provider]))
  const nameOf = (provider: Provider) => labelOf(catalogue.tools, provider)
  const up = { href: '/clients', name: 'OAuth clients' }
  const app = new Hono<RelayEnv>()
  for (const path of ['/clients', '/clients/*']) app.use(path, membersOnly(rooms))
  const frame = (c: Context<RelayEnv>) => ({ member: c.get('visitor').member, workspace: workspace.name, place: 'clients' }) as const

  app.get('/clients', async c => {
    const { member } = c.get('visitor')
    const [found, people] = await Promise.all([clients.list(member.workspaceId), members.list(member)])
    const names = new Map(people.map(({ userId, name }) => [userId, name]))
    const savedBy = ({ savedAt, savedBy }: WorkspaceClient) =>
      html`${names.get(savedBy) ?? 'A former member'}<small>${time(savedAt)}</small>`
    const rows = [...providers.values()]
      .map(provider => ({ provider, name: nameOf(provider), client: found.find(each => each.provider === provider.id) }))
      .sort((a, b) => Number(b.client !== undefined) - Number(a.client !== undefined) || a.name.localeCompare(b.name))
      .map(({ provider, name, client }) => [
        name,
        client
          ? html`${chip('ok', 'Set up')}<small><code>${client.clientId}</code>${client.hasSecret ? ', with a secret' : ''}</small>`
          : chip('off', 'Not set up'),
        client ? savedBy(client) : '',
        may(member, 'clients.change')
          ? html`<a class="button" href="/clients/${provider.id}" aria-label="${client ? 'Change' : 'Set up'} the client of ${name}"
              >${client ? 'Change' : 'Set up'}</a
            >`
          : '',
      ])
    return c.html(
      memberPage({
        ...frame(c),
        title: 'OAuth clients',
        beside: 'Accounts are connected through this relay with these',
        body: table(
          'OAuth clients',
          [{ name: 'Service', kind: 'main' }, { name: 'Client' }, { name: 'Saved by' }, { name: 'What can be done', kind: 'acts' }],
          rows,
        ),
      }),
    )
  })

  /** The provider of a page that is for those who may change its client. */
  function providerOf(c: Context<RelayEnv>): Provider {
    demand(c.get('visitor').member, 'clients.change')
    const provider = providers.get(c.req.param('provider') ?? '')
    if (!provider) throw new AppError('not_found', 'This relay knows no such service. Check the address.')
    return provider
  }

  app.get('/clients/:provider', async c => c.html(await form(c, providerOf(c), null, {})))

  app.post('/clients/:provider', c => {
    const provider = providerOf(c)
    const save = async (fields: Record<string, string>) => {
      const { clientId, clientSecret } = parseFields(clientForm, fields)
      await clients.save(c.get('visitor').member, { provider: provider.id, clientId, ...(clientSecret && { clientSecret }) }, addressOf(c))
      return c.redirect('/clients', 303)
    }
    return answerForm(c, save, (message, fields) => form(c, provider, message, fields))
  })

  app.get('/clients/:provider/remove', async c => {
    const provider = providerOf(c)
    const name = nameOf(provider)
    return c.html(
      memberPage({
        ...frame(c),
        up,
        title: `Remove the client of ${name}`,
        body: question({
          text: html`Accounts of ${name} that were connected with it are not renewed any more. They have to be connected again with another
          client.`,
          action: `/clients/${provider.id}/remove`,
          confirm: 'Remove',
          cancel: `/clients/${provider.id}`,
        }),
      }),
    )
  })

  app.post('/clients/:provider/remove', async c => {
    await clients.remove(c.get('visitor').member, providerOf(c).id, addressOf(c))
    return c.redirect('/clients', 303)
  })

  async function form(c: Context<RelayEnv>, provider: Provider, message: string | null, fields: Record<string, string>): Promise<Html> {
    const found = (await clients.list(c.get('visitor').member.workspaceId)).find(each => each.provider === provider.id)
    const name = nameOf(provider)
    const { steps, onServer = steps, scopesHint } = provider.clientSetup
    const hint = found?.hasSecret
      ? 'One is saved. Leave this empty to keep it for the same client id.'
      : 'It is kept encrypted, and never shown again.'
    const required = provider.secretRequired && !found?.hasSecret
    return memberPage({
      ...frame(c),
      up,
      title: name,
      ...(found && { actions: html`<a class="button" href="/clients/${provider.id}/remove">Remove…</a>` }),
      body: html`${alert(message)}
        <ol>
          <li>
            Open <a href="${provider.clientPageUrl}" rel="noopener noreferrer" target="_blank">${new URL(provider.clientPageUrl).host}</a>.
          </li>
          ${onServer.map(step => html`<li>${step}</li>`)}
        </ol>
        ${scopesHint ? html`<p>${scopesHint}</p>` : ''}
        <p>Redirect address: <code>${url}${returnPath}</code></p>
        ${url.startsWith('https:') ? '' : html`<p>${chip('warn', 'Not https')} Most services take https addresses only: give this relay one as RELAY_URL first.</p>`}
        <form method="post" action="/clients/${provider.id}">
          ${field({ name: 'clientId', label: 'Client id', value: fields['clientId'] ?? found?.clientId ?? '', autocomplete: 'off' })}
          ${field({ name: 'clientSecret', label: required || found?.hasSecret ? 'Client secret' : 'Client secret (optional)', type: 'password', autocomplete: 'new-password', hint, required })}
          <button type="submit">Save</button>
        </form>`,
    })
  }

  return app
}
