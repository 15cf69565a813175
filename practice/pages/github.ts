import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { InternalApi } from '../api.ts'
import type { Emulated } from '../emulated.ts'
import { list, moment, page } from './layout.ts'

const repository = z.looseObject({
  full_name: z.string(),
  description: z.string().nullable(),
  private: z.boolean(),
  open_issues_count: z.number(),
})
const issue = z.looseObject({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  body: z.string().nullable(),
  created_at: z.string(),
  user: z.looseObject({ login: z.string() }).nullable(),
  labels: z.array(z.looseObject({ name: z.string() })),
  assignees: z.array(z.looseObject({ login: z.string() })).default([]),
  comments: z.number(),
})
const comment = z.looseObject({ body: z.string(), created_at: z.string(), user: z.looseObject({ login: z.string() }).nullable() })

export function githubPages({ store }: Emulated, api: InternalApi): Hono {
  const app = new Hono()
  app.get('/github', async c => {
    const first = store.collection('github.users').all()[0]
    const me = { login: String(first?.['login'] ?? ''), id: first?.id ?? 0, scopes: ['repo'] }
    const repositories = await api.call(me, '/user/repos?per_page=100', z.array(repository))
    const current =
      repositories.find(each => each.full_name === c.req.query('repo')) ??
      repositories.find(each => each.open_issues_count > 0) ??
      repositories[0]
    const path = `/repos/${current?.full_name}`
    const issues = current ? await api.call(me, `${path}/issues?state=all&per_page=100`, z.array(issue)) : []
    const threads = await Promise.all(
      issues.map(each => (each.comments > 0 ? api.call(me, `${path}/issues/${each.number}/comments?per_page=100`, z.array(comment)) : [])),
    )
    const nav = repositories.map(each => ({
      label: each.full_name,
      href: `/practice/github?repo=${encodeURIComponent(each.full_name)}`,
      current: each === current,
      count: each.open_issues_count,
    }))
    const items = issues.map(
      (each, at) =>
        html`<li>
          <div class="line">
            <span class="chip ${each.state}">${each.state === 'open' ? 'Open' : 'Closed'}</span>
            <span class="who">${each.title}</span><span class="meta">#${each.number}</span>
            <span class="meta end">${each.user?.login} · ${moment(each.created_at)}</span>
          </div>
          ${each.body ? html`<p class="text dim">${each.body}</p>` : ''}
          <div class="line">
            ${each.labels.map(({ name }) => html`<span class="chip">${name}</span>`)}
            ${each.assignees.length > 0 ? html`<span class="meta">Assigned to ${each.assignees.map(({ login }) => login).join(', ')}</span>` : ''}
          </div>
          ${(threads[at] ?? []).map(({ body, user, created_at }) => html`<p class="text dim">↳ <b>${user?.login}</b> ${body} <span class="meta">${moment(created_at)}</span></p>`)}
        </li>`,
    )
    return c.html(
      page({
        title: 'Practice GitHub',
        account: me.login,
        nav: [{ group: 'Repositories' }, ...nav],
        content: html`<h2>${current?.full_name}</h2>
          <p class="meta">${current?.description ?? ''}${current?.private ? ' · Private' : ''}</p>
          ${list(items, 'No issues yet.')}`,
      }),
    )
  })
  return app
}
