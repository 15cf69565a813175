import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { role } from '../../core/contract/relay.ts'
import { until } from '../../core/until.fixture.ts'
import { createVisitor } from '../published/published.fixture.ts'
import { databases, joinAs, setUp, startTestRelay } from '../relay.fixture.ts'
import { alertOf, rowsOf, rowWith } from './page.fixture.ts'
import { shareWorkspace } from './suite.fixture.ts'

for (const kind of databases)
  describe(`the relay’s pages, on ${kind}`, () => {
    const { place, as } = shareWorkspace(kind, [1, 2])

    /** Whom each page answers with what: nobody sees by an address what their role does not show them. */
    const pages: Record<string, readonly string[]> = {
      '/apps': ['owner', 'admin', 'editor', 'viewer'],
      '/apps/support-desk': ['owner', 'admin', 'editor', 'viewer'],
      '/apps/support-desk/runs': ['owner', 'admin', 'editor', 'viewer'],
      '/apps/support-desk/people': ['owner', 'admin', 'editor'],
      '/apps/support-desk/roll-back?version=1': ['owner', 'admin', 'editor'],
      '/connections': ['owner', 'admin', 'editor', 'viewer'],
      '/connections/c1/disconnect': ['owner', 'admin', 'editor'],
      '/members': ['owner', 'admin', 'editor', 'viewer'],
      '/account': ['owner', 'admin', 'editor', 'viewer'],
      '/audit': ['owner', 'admin'],
      '/audit/log.csv': ['owner', 'admin'],
      '/audit/log.json': ['owner', 'admin'],
    }
    for (const [path, allowed] of Object.entries(pages))
      it(`${path} is for ${allowed.join(', ')}, and for nobody who is not signed in`, async () => {
        for (const name of role.options) assert.equal((await as(name).get(path)).status, allowed.includes(name) ? 200 : 403, name)
        assert.equal((await place().relay.browser().get(path)).url.pathname, '/sign-in')
      })

    it('a viewer may do nothing by a form that the pages do not show', async () => {
      const viewer = as('viewer')
      for (const [path, fields] of [
        ['/apps/support-desk/roll-back', { version: '1', base: '2' }],
        ['/connections/c1/disconnect', {}],
        ['/connect', { connectionId: 'c1' }],
        ['/apps/support-desk/people/invite', { email: 'eve@example.com' }],
        ['/apps/support-desk/people/remove', { id: 'x' }],
      ] as const) {
        const answer = await viewer.post(path, fields)
        assert.equal(answer.status, 403, path)
        assert.match(alertOf(answer) ?? '', /^As a viewer you may not .+\. Ask an editor of this workspace\.$/)
      }
      const [app, connections, audit] = [
        await viewer.get('/apps/support-desk'),
        await viewer.get('/connections'),
        await viewer.get('/apps'),
      ]
      assert.doesNotMatch(app.text, /roll-back|disconnect/)
      assert.doesNotMatch(connections.text, /disconnect/)
      assert.doesNotMatch(audit.text, /href="\/audit"/)
    })

    it('tell of an app what is live, its flows, its accounts and its versions', async () => {
      const viewer = as('viewer')
      const [name, , live, published, who, failed] = rowWith(await viewer.get('/apps'), 'Support desk') ?? []
      assert.equal(name, `Support desk ${place().relay.url.replace('http://', '')}/a/support-desk`)
      assert.deepEqual([live, published, who, failed], ['Version 2 Regions', 'Olga Owner just now', 'Members', '0'])
      const app = await viewer.get('/apps/support-desk')
      assert.match(app.text, /Members of this workspace/)
      assert.deepEqual(rowWith(app, 'Stumble')?.slice(0, 3), ['Stumble', '✓ On', 'When a ticket is created'])
      assert.match(rowWith(app, 'team@example.com')?.join(' ') ?? '', /✓ Connected This relay from Olga Owner, just now Never/)
      assert.deepEqual(rowWith(app, 'Version 1')?.slice(0, 2), ['Version 1', 'First version'])
      assert.equal((await viewer.get('/apps/unheard-of')).status, 404)
      assert.equal((await viewer.get('/apps/Not%20a%20name')).status, 404)
    })

    it('count the runs that failed in the last day, and lead to them', async () => {
      const visitor = createVisitor(`${place().relay.url}/a/support-desk`)
      for (const [name, value] of place().browser.cookies) visitor.cookies.set(name, { value, path: '/', attributes: '' })
      await visitor.open('/api/auth/member')
      const failedOf = async () => Number(rowWith(await as('viewer').get('/apps'), 'Support desk')?.at(-1))
      // A flow hears of a record once the release has been started, which is after it was published.
      await until(async () => {
        assert.equal((await visitor.post('entities/Ticket', { title: 'Steep' })).status, 201)
        return (await failedOf()) > 0
      })
      const failed = await failedOf()
      const [, runs = ''] =
        /href="([^"]+)"\s+aria-label="\d+ failed runs? of Support desk"/.exec((await as('viewer').get('/apps')).text) ?? []
      const listed = rowsOf(await as('editor').get(runs)).flatMap(row => (row.length > 0 ? [row.slice(0, 2).join(' ')] : []))
      assert.ok(listed.length >= failed)
      for (const row of listed)
        assert.equal(row, 'stumble Ticket created ▲ Failed stumble failed: The stairs are steep (functions/stumble/entry.ts:1)')
      assert.match((await as('viewer').get('/apps/support-desk')).text, /\d+ runs? failed/)
    })

    it('roll back once the difference was shown, and not over what someone else has published meanwhile', async () => {
      const editor = as('editor')
      const asked = await editor.get('/apps/support-desk/roll-back?version=1')
      assert.deepEqual(
        rowsOf(asked).filter(row => row.length > 0),
        [
          ['Ticket entity', 'changes', 'One field less: region'],
          ['stumble flow', 'goes', 'When a ticket is created'],
          ['stumble function', 'goes', ''],
        ],
      )
      assert.equal((await editor.post('/apps/support-desk/roll-back', { version: '1', base: '1' })).status, 409, 'another one was live')
      const done = await editor.post('/apps/support-desk/roll-back', { version: '1', base: '2' })
      assert.match(rowWith(done, 'Version 1')?.at(-1) ?? '', /Live/)
      assert.match(
        rowWith(await as('admin').get('/audit?kind=apps'), 'Rolled back')?.join(' ') ?? '',
        /The editor 127\.0\.0\.1 Rolled back Support desk version 1 Support desk$/,
      )
      await editor.post('/apps/support-desk/roll-back', { version: '2', base: '1' })
      for (const version of ['3', '0', 'x', ''])
        assert.equal((await editor.get(`/apps/support-desk/roll-back?version=${version}`)).status, 404)
    })

    it('ask before someone is removed, from the workspace or from an app', async () => {
      const admin = as('admin')
      const [, id = ''] = /\/members\/remove\?id=([^"]+)"\s+aria-label="Remove The viewer"/.exec((await admin.get('/members')).text) ?? []
      assert.match((await admin.get(`/members/remove?id=${id}`)).text, /The viewer<\/strong> \(viewer@example\.com\) is signed out/)
      assert.equal((await as('editor').get(`/members/remove?id=${id}`)).status, 403)
      assert.equal((await admin.get('/members/remove?id=nobody')).status, 404)
      assert.equal((await admin.get('/apps/support-desk/people/remove?id=nobody')).status, 404)
      assert.ok(rowWith(await admin.get('/members'), 'viewer@example.com'), 'the question alone does nothing')
    })

    it('invite people to an app by a link, which a page shows once, and take invitations back', async () => {
      const [editor, at] = [as('editor'), '/apps/support-desk/people']
      const invited = await editor.post(`${at}/invite`, { email: ' Vera@Example.com ' })
      const link = /<code>([^<]+)<\/code>/.exec(invited.text)?.[1] ?? ''
      assert.match(link, /\/a\/support-desk\/join\?token=\S{20,}$/)
      assert.match(rowWith(invited, 'vera@example.com')?.join(' ') ?? '', /Withdraw/)
      const shown = await editor.get(at)
      assert.ok(!shown.text.includes(link))
      const id = /withdraw"[^]*?name="id" value="([^"]+)"/.exec(shown.text)?.[1] ?? ''
      assert.equal(rowWith(await editor.post(`${at}/withdraw`, { id }), 'vera@example.com'), undefined)
      const none = await editor.post(`${at}/invite`, { email: 'no address' })
      assert.deepEqual([none.status, alertOf(none)], [400, 'This is no e-mail address.'])
      assert.match(none.text, /value="no address"/)
      assert.equal((await editor.post(`${at}/remove`, { id: 'nobody' })).status, 404)
      const log = await as('admin').get('/audit/log.json?kind=people')
      assert.match(log.text, /app_user\.invited[^\n]*vera@example\.com/)
      assert.ok(!log.text.includes(new URL(link).searchParams.get('token') ?? link))
    })

    it('narrow the log, give it as files, and keep formulas from being run', async () => {
      await joinAs(place().relay, place().browser, { email: 'eve@example.com', role: 'viewer', name: '=HYPERLINK("http://evil.example")' })
      const admin = as('admin')
      assert.ok(
        rowsOf(await admin.get('/audit?kind=connections'))
          .flat()
          .includes('Gave an account to the relay'),
      )
      assert.equal(
        rowsOf(await admin.get('/audit?kind=connections'))
          .flat()
          .includes('Published'),
        false,
      )
      assert.equal(rowWith(await admin.get('/audit?app=another'), 'Published'), undefined)
      assert.equal((await admin.get('/audit?kind=unheard&before=x&actor=')).status, 200)
      const csv = await admin.get('/audit/log.csv?kind=people')
      assert.match(csv.headers.get('content-disposition') ?? '', /^attachment; filename="audit-log\.csv"$/)
      const [head, ...lines] = csv.text.trimEnd().split('\r\n')
      assert.equal(head, 'id,at,actorId,actor,action,subject,detail,app,ip')
      assert.ok(lines.some(line => line.includes(`"'=HYPERLINK(""http://evil.example"")",member.joined,eve@example.com,viewer`)))
      const json: { id: number; action: string }[] = JSON.parse((await admin.get('/audit/log.json')).text)
      assert.equal(json.at(-1)?.action, 'workspace.set_up')
      assert.deepEqual(
        json.map(({ id }) => id),
        json.map(({ id }) => id).toSorted((a, b) => b - a),
      )
      assert.equal((await admin.get('/audit/log.json?app=none')).text, '[]\n')
    })

    it('show no other site’s forms any effect', async () => {
      const answer = await as('owner').post(
        '/connections/c1/disconnect',
        {},
        { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
      )
      assert.equal(answer.status, 403)
      assert.match(rowWith(await as('owner').get('/connections'), '✓ Connected')?.join(' ') ?? '', /team@example\.com/)
    })
  })

it('before the first app is published, the pages say how that is done', async t => {
  const relay = await startTestRelay(t)
  const owner = await setUp(relay)
  const { text } = await owner.get('/apps')
  assert.match(text, /Publish the first app/)
  assert.ok(text.includes(`npm run publish -- PATH --relay ${relay.url}`))
})

it('what is the relay’s own fault has a code to quote, which is in the log', async t => {
  const relay = await startTestRelay(t, { settings: { RELAY_OIDC_ISSUER: 'http://127.0.0.1:9', RELAY_OIDC_CLIENT_ID: 'relay' } })
  const { status, text } = await relay.browser().get('/sign-in/oidc')
  const [, code = ''] = /Code to quote: <code>([^<]+)</.exec(text) ?? []
  assert.equal(status, 503)
  assert.ok(relay.lines.some(line => line.includes(code) && line.includes('"level":"error"')))
})
