import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { databases, joinAs } from '../relay.fixture.ts'
import { asMember, createVisitor, entityFile, password, publishApp, signUp, startPublished, type Publisher } from './published.fixture.ts'

const files = entityFile('Ticket', { title: { type: 'string' } })
const tokenIn = (url: string) => new URL(url).searchParams.get('token') ?? ''

for (const kind of databases) {
  describe(`users of published apps on ${kind}`, () => {
    const ends: (() => Promise<void> | void)[] = []
    let place: Publisher
    let shop: string
    let club: string
    let desk: string
    before(async () => {
      place = await startPublished({ after: end => void ends.unshift(end) }, kind)
      shop = await publishApp(place, { appId: 'shop', name: 'Corner shop', visibility: 'public', files })
      club = await publishApp(place, { appId: 'club', name: 'Club', visibility: 'private', files })
      desk = await publishApp(place, { appId: 'desk', name: 'Desk', files })
    })
    after(async () => {
      for (const end of ends) await end()
    })

    /** What a member's desktop asks about the people of an app. */
    async function people(method: string, path: string, body?: unknown, token = place.access) {
      const response = await fetch(`${place.relay.url}/api/relay/apps/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: JSON.parse(await response.text()) }
    }

    it('sign up, are known, sign out, and in again', async () => {
      const vera = await signUp(shop, 'Vera@Example.com')
      assert.partialDeepStrictEqual((await vera.get('app')).body, {
        name: 'Corner shop',
        admitted: true,
        user: { email: 'vera@example.com', name: 'Vera Visitor', role: 'user' },
      })
      await vera.post('auth/sign-out')
      assert.equal(vera.cookies.size, 0)
      assert.equal((await vera.get('app')).body.user, null)
      assert.equal((await vera.post('auth/sign-in', { email: 'vera@example.com', password: 'not this one' })).status, 401)
      assert.equal((await vera.post('auth/sign-in', { email: 'vera@example.com', password })).status, 200)
      assert.equal((await vera.get('app')).body.user.email, 'vera@example.com')

      const nora = await joinAs(place.relay, place.browser, { email: 'nora@example.com', role: 'viewer', name: 'Nora' })
      await asMember(shop, nora).open('/api/auth/member')
      const log: { actor: string | null; action: string; subject: string; app: string }[] = JSON.parse(
        (await place.browser.get('/audit/log.json?app=shop')).text,
      )
      assert.deepEqual(
        log.flatMap(({ actor, action, subject }) => (action.startsWith('app_user.') ? [[actor, action, subject]] : [])),
        [
          ['Nora', 'app_user.signed_in', 'nora@example.com'],
          ['vera@example.com', 'app_user.signed_in', 'vera@example.com'],
          [null, 'app_user.sign_in_failed', 'vera@example.com'],
          ['vera@example.com', 'app_user.signed_out', 'vera@example.com'],
          ['vera@example.com', 'app_user.joined', 'vera@example.com'],
        ],
      )
      const ofVera = await place.browser.get('/audit?who=Vera%40example.com&app=shop')
      assert.equal(ofVera.text.match(/user of the app/g)?.length, 3)
    })

    it('are told in a sentence what is wrong with what they typed', async () => {
      const visitor = createVisitor(shop)
      const tries: [unknown, number, RegExp][] = [
        [{ name: 'A', email: 'no address', password }, 400, /no e-mail address/],
        [{ name: ' ', email: 'a@example.com', password }, 400, /Tell your name/],
        [{ name: 'A', email: 'a@example.com', password: 'short' }, 400, /password of 10 to 128/],
        ['text', 400, /Something is missing/],
        [{ name: 'A', email: 'a@example.com', password, invitation: 'made up' }, 409, /used or is too old/],
      ]
      for (const [body, status, words] of tries) {
        const answer = await visitor.post('auth/sign-up', body)
        assert.equal(answer.status, status)
        assert.match(answer.body.message, words)
      }
    })

    it('see their browsers, and end one of their own only', async () => {
      const wanda = await signUp(shop, 'wanda@example.com')
      const second = createVisitor(shop)
      await second.post('auth/sign-in', { email: 'wanda@example.com', password })
      const stranger = await signUp(shop, 'stranger@example.com')
      const { body } = await wanda.get('auth/sessions')
      assert.deepEqual(body.map(({ isThis }: { isThis: boolean }) => isThis).sort(), [false, true])
      const { id } = body.find(({ isThis }: { isThis: boolean }) => !isThis)
      await stranger.api('DELETE', `auth/sessions/${id}`)
      assert.notEqual((await second.get('app')).body.user, null)
      await wanda.api('DELETE', `auth/sessions/${id}`)
      assert.equal((await second.get('app')).body.user, null)
      assert.notEqual((await wanda.get('app')).body.user, null)
    })

    it('of a public app are anyone: without an account they read, and no more', async () => {
      const nobody = createVisitor(shop)
      assert.equal((await nobody.get('entities/Ticket')).status, 200)
      assert.equal((await nobody.post('entities/Ticket', { title: 'x' })).status, 401)
      assert.equal((await nobody.post('functions/anything', {})).status, 401)
    })

    it('of a private app are those who were invited, by a link that works once', async () => {
      const nobody = createVisitor(club)
      assert.equal((await nobody.get('entities/Ticket')).status, 401)
      assert.partialDeepStrictEqual((await nobody.get('app')).body, { admitted: false, entities: [], pages: [] })
      assert.equal((await nobody.post('auth/sign-up', { name: 'N', email: 'ida@example.com', password })).status, 403)
      await nobody.post('auth/ask', { name: 'Ida', email: 'ida@example.com' })
      assert.partialDeepStrictEqual((await people('GET', 'club/users')).body.asks, [{ email: 'ida@example.com', name: 'Ida' }])

      const { body: link } = await people('POST', 'club/users/invitations', { email: 'Ida@example.com' })
      assert.ok(link.url.startsWith(`${club}/join?token=`))
      const invitation = tokenIn(link.url)
      assert.deepEqual((await nobody.get(`auth/link?token=${invitation}`)).body, { kind: 'invitation', email: 'ida@example.com' })
      const other = { name: 'Eve', email: 'eve@example.com', password, invitation }
      assert.equal((await createVisitor(club).post('auth/sign-up', other)).status, 409)
      const ida = createVisitor(club)
      assert.equal((await ida.post('auth/sign-up', { ...other, name: 'Ida', email: 'ida@example.com' })).status, 200)
      assert.equal((await ida.get('entities/Ticket')).status, 200)
      assert.equal((await createVisitor(club).post('auth/sign-up', { ...other, email: 'ida@example.com' })).status, 409)

      const [user] = (await people('GET', 'club/users')).body.users
      assert.partialDeepStrictEqual(user, { email: 'ida@example.com', isInvited: true, isMember: false })
      await people('DELETE', `club/users/${user.id}`)
      assert.equal((await ida.get('entities/Ticket')).status, 401)
    })

    it('cannot come by an invitation that was withdrawn', async () => {
      const { body: link } = await people('POST', 'club/users/invitations', { email: 'otto@example.com' })
      const { invitations } = (await people('GET', 'club/users')).body
      await people(
        'DELETE',
        `club/users/invitations/${invitations.find((each: { email: string }) => each.email === 'otto@example.com').id}`,
      )
      const otto = { name: 'Otto', email: 'otto@example.com', password, invitation: tokenIn(link.url) }
      assert.equal((await createVisitor(club).post('auth/sign-up', otto)).status, 409)
    })

    it('of a workspace’s app are its members, by their session on the relay, and only for as long as they are members', async () => {
      assert.equal((await createVisitor(desk).post('auth/sign-up', { name: 'N', email: 'n@example.com', password })).status, 403)
      const stranger = await createVisitor(desk).open('/api/auth/member')
      assert.equal(stranger.headers.get('location'), '/sign-in?next=%2Fa%2Fdesk%2Fapi%2Fauth%2Fmember')

      const browser = await joinAs(place.relay, place.browser, { email: 'mia@example.com', role: 'viewer' })
      const mia = asMember(desk, browser)
      assert.deepEqual((await mia.get('app')).body.continueAs, { name: 'New Member', email: 'mia@example.com' })
      assert.equal((await mia.open('/api/auth/member')).headers.get('location'), '/a/desk/')
      assert.partialDeepStrictEqual((await mia.get('app')).body, { admitted: true, user: { email: 'mia@example.com', role: 'user' } })
      assert.equal((await mia.post('entities/Ticket', { title: 'Printer' })).body.created_by, 'mia@example.com')

      const { text } = await place.browser.get('/members')
      const [, id = ''] = /name="id" value="([^"]+)"/.exec(text.slice(text.indexOf('mia@example.com'))) ?? []
      await place.browser.post('/members/remove', { id })
      assert.equal((await mia.get('app')).body.admitted, false)
      assert.equal((await mia.get('entities/Ticket')).status, 403)
    })

    it('who publish are admins of the app', async () => {
      const olga = asMember(desk, place.browser)
      await olga.open('/api/auth/member')
      assert.equal((await olga.get('app')).body.user.role, 'admin')
    })

    it('never share an account with whoever has signed up by their e-mail before them', async () => {
      const squatter = await signUp(shop, 'olga@example.com', 'Not Olga')
      const before = (await squatter.get('app')).body.user.id
      const olga = asMember(shop, place.browser)
      await olga.open('/api/auth/member')
      const { id, email } = (await olga.get('app')).body.user
      assert.deepEqual([email, id === before], ['olga@example.com', false])
      assert.equal((await squatter.get('app')).body.user, null)
      assert.equal((await createVisitor(shop).post('auth/sign-in', { email: 'olga@example.com', password })).status, 401)
    })

    it('keep their account when they are signed in to it and then come by the relay', async () => {
      const browser = await joinAs(place.relay, place.browser, { email: 'kai@example.com', role: 'viewer' })
      const kai = asMember(shop, browser)
      await kai.post('auth/sign-up', { name: 'Kai', email: 'kai@example.com', password })
      const before = (await kai.get('app')).body.user.id
      await kai.open('/api/auth/member')
      assert.equal((await kai.get('app')).body.user.id, before)
    })

    it('choose a new password by a link that a member hands over, and every session before it ends', async () => {
      const rosa = await signUp(shop, 'rosa@example.com')
      for (const email of ['rosa@example.com', 'nobody@example.com'])
        assert.deepEqual([(await createVisitor(shop).post('auth/forgot', { email })).status], [200])
      const { users } = (await people('GET', 'shop/users')).body
      const { id, hasAsked } = users.find(({ email }: { email: string }) => email === 'rosa@example.com')
      assert.equal(hasAsked, true)
      const { body: link } = await people('POST', `shop/users/${id}/password-link`)
      const token = tokenIn(link.url)
      const fresh = createVisitor(shop)
      assert.equal((await fresh.post('auth/reset', { token, password: 'an even longer password' })).body.user.email, 'rosa@example.com')
      assert.equal((await rosa.get('app')).body.user, null)
      assert.equal((await createVisitor(shop).post('auth/reset', { token, password })).status, 409)
      assert.equal((await createVisitor(shop).post('auth/sign-in', { email: 'rosa@example.com', password })).status, 401)
    })

    it('are changed by members who may publish, and every change is in the log', async () => {
      const viewer = await joinAs(place.relay, place.browser, { email: 'viewer@example.com', role: 'viewer' })
      const { access } = await signInDesktop(place.relay.url, viewer)
      assert.equal((await people('GET', 'club/users', undefined, access)).status, 403)
      assert.equal((await people('GET', 'club/users', undefined, 'no token')).status, 401)
      assert.equal((await people('GET', 'nothing/users')).status, 404)
      const log = (await place.browser.get('/audit')).text
      for (const words of [
        'Invited a user of an app',
        'Removed a user of an app',
        'Withdrew an invitation to an app',
        'Became a user of an app',
      ])
        assert.ok(log.includes(words), words)
    })

    it('have so many tries to sign in, however many cookies they throw away', async () => {
      const statuses: number[] = []
      for (let n = 0; n < 12; n++)
        statuses.push(
          (await createVisitor(shop).post('auth/sign-in', { email: 'guess@example.com', password: `guess number ${n}` })).status,
        )
      assert.deepEqual(statuses, [...Array<number>(10).fill(401), 429, 429])
    })
  })
}
