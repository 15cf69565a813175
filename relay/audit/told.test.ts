import assert from 'node:assert/strict'
import { it } from 'node:test'
import { joinAs, linkIn, owner as olga, type Browser } from '../relay.fixture.ts'
import { startWorkspace } from '../pages/workspace.fixture.ts'

/** The id that the button of a row sends, or that its link holds. */
async function idIn(browser: Browser, path: string, word: string): Promise<string> {
  const row = (await browser.get(path)).text.split('<tr>').find(text => text.includes(word)) ?? ''
  return /name="id" value="([^"]+)"|\?id=([^"]+)"/.exec(row)?.slice(1).find(Boolean) ?? ''
}

type Told = { actor: string | null; action: string; subject: string; detail: string | null; app: string | null }

it('what people do in a workspace is told in its log, each thing once, with who did it', async t => {
  const place = await startWorkspace(t)
  const { relay, browser: owner } = place
  let seen = 0
  /** What was told since the last time, oldest first. */
  async function news(): Promise<unknown[][]> {
    const lines: Told[] = JSON.parse((await owner.get('/audit/log.json')).text)
    const fresh = lines.slice(0, lines.length - seen).toReversed()
    seen = lines.length
    return fresh.map(({ actor, action, subject, detail, app }) => [actor, action, subject, detail, app].filter(part => part !== null))
  }
  const [mail, me] = [olga.email, olga.name]
  assert.deepEqual(await news(), [
    [me, 'workspace.set_up', mail],
    [me, 'member.signed_in', mail],
    [me, 'desktop.signed_in', 'Plugboard on laptop'],
  ])

  // Signing in and out.
  const other = relay.browser()
  await other.post('/sign-in', { email: mail, password: 'not hers' })
  await other.post('/sign-in', { email: mail, password: olga.password })
  await other.post('/sign-out', {})
  await other.post('/sign-in', { email: mail, password: olga.password })
  await owner.post('/account/sessions/end', { id: await idIn(owner, '/account', 'Sign out Test browser') })
  await owner.post('/account/desktops/end', { id: await idIn(owner, '/account', 'Sign out Plugboard on laptop') })
  assert.deepEqual(await news(), [
    ['member.sign_in_failed', mail],
    [me, 'member.signed_in', mail],
    [me, 'member.signed_out', mail],
    [me, 'member.signed_in', mail],
    [me, 'session.ended', mail],
    [me, 'desktop.ended', 'Plugboard on laptop'],
  ])

  // Members.
  await owner.post('/members/invite', { email: 'ida@example.com', role: 'viewer' })
  await owner.post('/members/withdraw', { id: await idIn(owner, '/members', 'ida@example.com') })
  const eddy = await joinAs(relay, owner, { email: 'eddy@example.com', role: 'editor', name: 'Eddy' })
  const id = await idIn(owner, '/members', 'eddy@example.com')
  await owner.post('/members/role', { id, role: 'admin' })
  const token = linkIn(await owner.post('/members/reset', { id }))
  await relay.browser().post('/reset', { token, password: 'a password of his own' })
  assert.deepEqual(await news(), [
    [me, 'member.invited', 'ida@example.com', 'viewer'],
    [me, 'invitation.withdrawn', 'ida@example.com'],
    [me, 'member.invited', 'eddy@example.com', 'editor'],
    ['Eddy', 'member.joined', 'eddy@example.com', 'editor'],
    ['Eddy', 'member.signed_in', 'eddy@example.com'],
    [me, 'member.role_changed', 'eddy@example.com', 'editor → admin'],
    [me, 'password.link_made', 'eddy@example.com'],
    ['Eddy', 'password.changed', 'eddy@example.com'],
    ['Eddy', 'member.signed_in', 'eddy@example.com'],
  ])
  assert.equal((await eddy.get('/account')).url.pathname, '/sign-in', 'his sessions ended with the old password')
  await owner.post('/members/remove', { id })
  await owner.post('/account/tokens', { name: 'Build server' })
  await owner.post('/account/tokens/end', { id: await idIn(owner, '/account', 'Build server') })
  await owner.post('/clients/github', { clientId: 'an-id', clientSecret: 'a-secret' })
  await owner.post('/clients/github/remove', {})
  assert.deepEqual(await news(), [
    [me, 'member.removed', 'eddy@example.com'],
    [me, 'token.made', 'Build server'],
    [me, 'token.ended', 'Build server'],
    [me, 'client.saved', 'GitHub', 'an-id'],
    [me, 'client.removed', 'GitHub', 'an-id'],
  ])
})

it('what becomes of an app, its accounts and its people is told in the log', async t => {
  const place = await startWorkspace(t)
  const { browser: owner } = place
  await place.publish(1)
  await place.publish(2)
  await owner.post('/apps/support-desk/roll-back', { version: '1', base: '2' })
  await place.give()
  await owner.post('/connections/c1/disconnect', {})
  const at = '/apps/support-desk/people'
  await owner.post(`${at}/invite`, { email: 'vera@example.com' })
  await owner.post(`${at}/withdraw`, { id: await idIn(owner, at, 'vera@example.com') })
  const lines: Told[] = JSON.parse((await owner.get('/audit/log.json?app=support-desk')).text)
  assert.deepEqual(
    lines.toReversed().map(({ actor, action, subject, detail }) => [actor, action, subject, detail]),
    [
      [olga.name, 'app.published', 'Support desk', 'version 1'],
      [olga.name, 'app.published', 'Support desk', 'version 2'],
      [olga.name, 'app.rolled_back', 'Support desk', 'version 1'],
      [olga.name, 'connection.handed_over', 'Team', 'Plugboard on laptop'],
      [olga.name, 'connection.disconnected', 'Team', null],
      [olga.name, 'app_user.invited', 'vera@example.com', null],
      [olga.name, 'app_user.invitation_withdrawn', 'vera@example.com', null],
    ],
  )
})
