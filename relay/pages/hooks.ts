import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { hookSenders } from '../../core/app/hook-senders.ts'
import { hookSecretRequest, type HookDelivery, type HookDetails } from '../../core/contract/hooks.ts'
import { AppError } from '../../core/errors.ts'
import { may, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import { answerForm, parseFields } from './forms.ts'
import { memberPage } from './frame.ts'
import { alert, chip, empty, field, question, table, type Html } from './layout.ts'
import { time } from './time.ts'
import { publishedApp } from './published-app.ts'
import { runChip } from './runs.ts'

/** The web addresses of an app on its page, for whoever may see their secrets. Nothing where there are none. */
export async function hookSection({ webhooks }: Pick<Rooms, 'webhooks'>, member: Member, appId: string): Promise<Html> {
  const hooks = may(member, 'apps.publish') ? await webhooks.list(member, appId) : []
  if (hooks.length === 0) return html``
  return html`<section>
    <h2>Web addresses</h2>
    ${table(
      'Web addresses',
      [
        { name: 'Flow', kind: 'main' },
        { name: 'Called by' },
        { name: 'State' },
        { name: 'Last request' },
        { name: 'Address', kind: 'acts' },
      ],
      hooks.map(hook => [
        hook.title,
        hookSenders[hook.source].name,
        stateOf(hook),
        hook.lastReceivedAt ? time(hook.lastReceivedAt) : 'Never',
        html`<a class="button" href="/apps/${appId}/hooks/${hook.name}" aria-label="Address of ${hook.title}">Address…</a>`,
      ]),
    )}
  </section>`
}

function stateOf({ isActive, hasSecret }: HookDetails): Html {
  if (!hasSecret) return chip('warn', 'Needs its secret')
  return isActive ? chip('ok', 'On') : chip('off', 'Off')
}

/** One address of an app with its secret, and a new secret. */
export function hookPages(rooms: Rooms): Hono<RelayEnv> {
  const { webhooks, deliveries, workspace } = rooms
  const app = new Hono<RelayEnv>()

  async function find(c: Context<RelayEnv>) {
    const { member } = c.get('visitor')
    const { id, name } = await publishedApp(rooms, c)
    const hook = (await webhooks.list(member, id)).find(each => each.name === c.req.param('name'))
    if (!hook) throw new AppError('not_found', 'The live version has no such web address.')
    const here = `/apps/${id}/hooks/${hook.name}`
    return {
      member,
      id,
      hook,
      here,
      frame: { member, workspace: workspace.name, place: 'apps' as const, up: { href: `/apps/${id}`, name } },
    }
  }

  app.get('/apps/:app/hooks/:name', async c => c.html(await show(c, null)))

  app.post('/apps/:app/hooks/:name', c => {
    const change = async (fields: Record<string, string>) => {
      const { member, id, hook, here } = await find(c)
      const { secret } = parseFields(hookSecretRequest, hook.secretFrom === 'sender' ? { secret: fields['secret'] ?? '' } : {})
      await webhooks.changeSecret(member, id, hook.name, { secret, ip: addressOf(c) })
      return c.redirect(here, 303)
    }
    return answerForm(c, change, message => show(c, message))
  })

  app.get('/apps/:app/hooks/:name/new-secret', async c => {
    const { hook, here, frame } = await find(c)
    const text = html`Requests with the present secret are refused from then on. Enter the new one wherever “${hook.title}” is called from.`
    return c.html(
      memberPage({
        ...frame,
        title: `A new secret for “${hook.title}”`,
        body: question({ text, action: here, confirm: 'Make a new secret', cancel: here }),
      }),
    )
  })

  async function show(c: Context<RelayEnv>, message: string | null): Promise<Html> {
    const { member, id, hook, here, frame } = await find(c)
    const { source, secretFrom, url } = hook
    const secret = await webhooks.readSecret(member, id, hook.name)
    return memberPage({
      ...frame,
      title: hook.title,
      beside: stateOf(hook),
      body: html`${alert(message)}
        <dl class="facts">
          <dt>Called by</dt>
          <dd>${hookSenders[source].name}</dd>
          <dt>Proof</dt>
          <dd>${hookSenders[source].proof}</dd>
          <dt>Address</dt>
          <dd><code>${url}</code></dd>
          ${
            secret === null
              ? ''
              : html`<dt>Secret</dt>
                  <dd><code>${secret}</code></dd>`
          }
          ${
            secret !== null && source === 'any'
              ? html`<dt>Address with the secret</dt>
                  <dd><code>${url}/${encodeURIComponent(secret)}</code></dd>`
              : ''
          }
        </dl>
        <p>${hookSenders[source].step}</p>
        ${
          secretFrom === 'relay'
            ? html`<p><a class="button" href="${here}/new-secret">New secret…</a></p>`
            : html`<form method="post" action="${here}">
                ${field({ name: 'secret', label: `Signing secret of ${hookSenders[source].name}`, type: 'password', autocomplete: 'off' })}
                <button type="submit">Save</button>
              </form>`
        }
        ${requests(await deliveries(member, id, hook.name))}`,
    })
  }

  return app
}

/** What became of the last requests, newest first. */
const requests = (deliveries: readonly HookDelivery[]): Html =>
  html`<section>
    <h2>Last requests</h2>
    ${
      deliveries.length === 0
        ? empty('None has come yet.')
        : table(
            'Last requests',
            [{ name: 'Came of it', kind: 'main' }, { name: 'When' }],
            deliveries.map(delivery => [outcome(delivery), time(delivery.at)]),
          )
    }
  </section>`

function outcome(delivery: HookDelivery): Html {
  switch (delivery.outcome) {
    case 'waiting':
      return html`${chip('warn', 'Waiting')}<small>It is on disk, until the app has started.</small>`
    case 'given_up':
      return html`${chip('bad', 'Given up')}<small>${delivery.reason}</small>`
    case 'refused':
      return html`${chip('bad', 'Refused')}<small>${delivery.reason}</small>`
    case 'taken': {
      const { run } = delivery
      if (!run)
        return html`${chip('off', 'No run')}<small>It did not meet the condition of the trigger, or its run is not kept any more.</small>`
      return html`${runChip(run.state)} <a href="${run.page}">The run</a>${run.error ? html`<small>${run.error}</small>` : ''}`
    }
  }
}
