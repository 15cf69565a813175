import { Hono, type MiddlewareHandler } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { article, may } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, authHeaders, readFields, setCookies, type RelayEnv } from '../web/request.ts'
import { answerForm, parseFields } from './forms.ts'
import { memberPage } from './frame.ts'
import { buttonForm, empty, table } from './layout.ts'
import { time } from './time.ts'
import { publishTokensPart, tokenForm } from './publish-tokens.ts'

const oneId = z.object({ id: z.string().max(100) })

/** Lets members through, and sends everyone else to sign in and back. */
export function membersOnly({ accounts, members }: Rooms): MiddlewareHandler<RelayEnv> {
  return async (c, next) => {
    const found = await accounts.current(authHeaders(c))
    const member = found && (await members.of(found.userId))
    if (!found || !member) {
      const { pathname, search } = new URL(c.req.url)
      return c.redirect(c.req.method === 'GET' ? `/sign-in?next=${encodeURIComponent(pathname + search)}` : '/sign-in', 303)
    }
    setCookies(c, found.cookies)
    c.set('visitor', { member, sessionId: found.sessionId })
    return next()
  }
}

/** A member's own page: where they are signed in, in browsers and on desktops. */
export function accountPages(rooms: Rooms): Hono<RelayEnv> {
  const { sessions, desktops, publishTokens } = rooms
  const app = new Hono<RelayEnv>()
  app.use('/account', membersOnly(rooms))
  app.use('/account/*', membersOnly(rooms))

  async function show({ member, sessionId }: RelayEnv['Variables']['visitor'], news: { made?: string; message?: string | null } = {}) {
    const [browsers, machines, tokens] = await Promise.all([
      sessions.list(member.userId),
      desktops.list(member.userId),
      publishTokens.list(member.userId),
    ])
    return memberPage({
      member,
      workspace: rooms.workspace.name,
      place: 'account',
      title: 'Your account',
      actions: buttonForm('/sign-out', 'Sign out'),
      body: html`<p>You are <strong>${member.name}</strong> (${member.email}), ${article(member.role)} of ${rooms.workspace.name}.</p>
        <h2>Browsers <small>Where you are signed in to these pages</small></h2>
        ${table(
          'Browsers',
          [{ name: 'Browser', kind: 'main' }, { name: 'Address' }, { name: 'Since' }, { name: 'Sign out', kind: 'acts' }],
          browsers.map(({ id, userAgent, ip, createdAt }) => [
            browserName(userAgent),
            ip,
            time(createdAt),
            id === sessionId
              ? 'This one'
              : buttonForm('/account/sessions/end', 'Sign out', { id }, { name: `Sign out ${browserName(userAgent)}` }),
          ]),
        )}
        <h2>Desktops <small>Plugboard programs that act for you</small></h2>
        ${
          machines.length
            ? table(
                'Desktops',
                [{ name: 'Desktop', kind: 'main' }, { name: 'Last used' }, { name: 'Since' }, { name: 'Sign out', kind: 'acts' }],
                machines.map(({ id, name, usedAt, createdAt }) => [
                  name,
                  time(usedAt),
                  time(createdAt),
                  buttonForm('/account/desktops/end', 'Sign out', { id }, { name: `Sign out ${name}` }),
                ]),
              )
            : empty(html`No desktop is signed in. In Plugboard, choose Publish and enter ${rooms.url}.`)
        }
        ${may(member, 'apps.publish') ? publishTokensPart(tokens, news) : ''}`,
    })
  }

  app.get('/account', async c => c.html(await show(c.get('visitor'))))

  app.post('/account/tokens', c => {
    const visitor = c.get('visitor')
    return answerForm(
      c,
      async fields => {
        const { name } = parseFields(tokenForm, fields)
        return c.html(await show(visitor, { made: await publishTokens.make(visitor.member, name, addressOf(c)) }))
      },
      message => show(visitor, { message }),
    )
  })
  app.post('/account/tokens/end', async c => {
    await publishTokens.end(c.get('visitor').member, parseFields(oneId, await readFields(c)).id)
    return c.redirect('/account#tokens', 303)
  })
  app.post('/account/sessions/end', async c => {
    await sessions.end(c.get('visitor').member, parseFields(oneId, await readFields(c)).id, addressOf(c))
    return c.redirect('/account', 303)
  })
  app.post('/account/desktops/end', async c => {
    await desktops.end(c.get('visitor').member, parseFields(oneId, await readFields(c)).id)
    return c.redirect('/account', 303)
  })
  return app
}

/** “Firefox on Linux”: what people call it, out of what it says of itself. */
function browserName(userAgent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(userAgent)?.[1]
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|CrOS|Linux)/.exec(userAgent)?.[1]
  if (!browser) return userAgent.slice(0, 60) || 'Unknown'
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS', CrOS: 'ChromeOS' }
  return [browser, system].flatMap(word => (word ? [names[word] ?? word] : [])).join(' on ')
}
