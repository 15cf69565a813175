import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { hookSource, type HookSource } from '../../core/app/flow.ts'
import { signSample, verify, type HookKey } from './verify.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const key = (source: HookSource, secret: string): HookKey => ({ source, secret, signatureHeader: 'x-signature-256' })
const request = (headers: Record<string, string>, body = '', secret: string | null = null) => ({
  headers: new Headers(headers),
  body: bytes(body),
  secret,
})

const whsec = `whsec_${Buffer.from('a key of thirty-two bytes, yes!!').toString('base64')}`

/** What a sender of each kind sends at a time (epoch seconds), written down apart from the scheme. */
const senders: Record<HookSource, (secret: string, body: string, at: number) => Record<string, string>> = {
  any: secret => ({ 'x-webhook-secret': secret }),
  hmac: (secret, body) => ({ 'x-signature-256': createHmac('sha256', secret).update(body).digest('base64') }),
  standard: (secret, body, at) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
      .update(`msg_1.${at}.${body}`)
      .digest('base64')}`,
  }),
  github: (secret, body) => ({ 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }),
  slack: (secret, body, at) => ({
    'x-slack-request-timestamp': String(at),
    'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`,
  }),
  stripe: (secret, body, at) => ({
    'stripe-signature': `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')},v0=00`,
  }),
}

const now = 1_760_000_000_000
const seconds = now / 1000

describe('the examples that services publish', () => {
  it('GitHub', () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const proof = verify(key('github', "It's a Secret to Everybody"), request({ 'X-Hub-Signature-256': signature }, 'Hello, World!'), now)
    assert.equal(proof.genuine, true)
  })

  it('Slack', () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
    const headers = {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    }
    assert.equal(verify(key('slack', '8f742231b10e8888abcd99yyyzzz85a5'), request(headers, body), 1_531_420_618_000).genuine, true)
  })

  it('Standard Webhooks', () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }
    const proof = verify(
      key('standard', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
      request(headers, '{"test": 2432232314}'),
      1_614_265_330_000,
    )
    assert.equal(proof.genuine, true)
  })
})

describe('a request', () => {
  it('that is signed as a sample holds, with the headers of its sender', () => {
    for (const source of hookSource.options) {
      const headers = signSample(key(source, whsec), '{"a":"ü"}', now)
      assert.deepEqual(verify(key(source, whsec), request(headers, '{"a":"ü"}'), now).genuine, true, source)
      assert.deepEqual(
        Object.keys(headers).filter(name => !(name in senders[source]('whsec_MfKQ', '', seconds))),
        [],
        source,
      )
    }
  })

  it('of who has the secret is genuine, and of who has another one, or changes a byte of it, is not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...hookSource.options), fc.string({ minLength: 1 }), fc.nat(), (source, body, at) => {
        const headers = senders[source](whsec, body, seconds)
        assert.equal(verify(key(source, whsec), request(headers, body), now).genuine, true)
        assert.equal(verify(key(source, `whsec_${'B'.repeat(44)}`), request(headers, body), now).genuine, false)
        if (source === 'any') return
        const changed = `${body.slice(0, at % body.length)}\u{1F980}${body.slice(at % body.length)}`
        assert.equal(verify(key(source, whsec), request(headers, changed), now).genuine, false)
      }),
    )
  })

  it('without the header, with a broken one, or with that of another kind is refused in words', () => {
    for (const source of hookSource.options)
      for (const other of hookSource.options) {
        if (source === other || (source === 'any' && other === 'any')) continue
        const proof = verify(key(source, whsec), request(senders[other](whsec, 'x', seconds), 'x'), now)
        assert.ok(!proof.genuine && /\.$|\?$/.test(proof.reason), `${source} by ${other}`)
      }
    for (const value of ['', 'sha256=', 'v1,', `sha256=${'g'.repeat(64)}`, `sha256=${'a'.repeat(63)}`, 't=1', 't=x,v1=y', 'v1=,t='])
      for (const source of ['hmac', 'standard', 'github', 'slack', 'stripe'] as const) {
        const names = ['x-signature-256', 'webhook-signature', 'x-hub-signature-256', 'x-slack-signature', 'stripe-signature']
        const headers = Object.fromEntries([
          ...names.map(name => [name, value]),
          ['webhook-timestamp', String(seconds)],
          ['x-slack-request-timestamp', String(seconds)],
        ])
        assert.equal(verify(key(source, whsec), request(headers, ''), now).genuine, false)
      }
  })

  it('that was signed more than five minutes ago, or ahead, is refused', () => {
    for (const source of ['standard', 'slack', 'stripe'] as const)
      for (const [ageSeconds, genuine] of [
        [299, true],
        [301, false],
        [-299, true],
        [-301, false],
      ] as const)
        assert.equal(verify(key(source, whsec), request(senders[source](whsec, 'x', seconds - ageSeconds), 'x'), now).genuine, genuine)
  })

  it('cannot be given another time: that is signed, too', () => {
    for (const source of ['standard', 'slack', 'stripe'] as const) {
      const old = senders[source](whsec, 'x', seconds - 1000)
      const renewed = Object.fromEntries(
        Object.entries(old).map(([name, value]) => [name, value.replace(String(seconds - 1000), String(seconds))]),
      )
      assert.equal(verify(key(source, whsec), request(renewed, 'x'), now).genuine, false)
    }
  })

  it('may have the signature of an old secret beside that of the new one', () => {
    const { 'webhook-signature': right = '', ...rest } = senders.standard(whsec, 'x', seconds)
    const proof = verify(key('standard', whsec), request({ ...rest, 'webhook-signature': `v1,${'A'.repeat(43)}= ${right}` }, 'x'), now)
    assert.equal(proof.genuine, true)
  })

  it('that is not signed has the secret in a header of its own, as a bearer token, or in its address', () => {
    for (const [headers, inAddress] of [
      [{ 'x-webhook-secret': whsec }, null],
      [{ authorization: `Bearer ${whsec}` }, null],
      [{}, whsec],
    ] as const)
      assert.equal(verify(key('any', whsec), request(headers, '', inAddress), now).genuine, true)
    for (const [headers, inAddress] of [
      [{}, null],
      [{ authorization: whsec }, null],
      [{ authorization: 'Bearer x' }, 'x'],
      [{ 'x-webhook-secret': '' }, ''],
    ] as const)
      assert.equal(verify(key('any', whsec), request(headers, '', inAddress), now).genuine, false)
  })

  it('in which a signature of each request tells deliveries apart has it as its mark', () => {
    const proof = verify(key('slack', whsec), request(senders.slack(whsec, 'x', seconds), 'x'), now)
    const later = verify(key('slack', whsec), request(senders.slack(whsec, 'x', seconds + 1), 'x'), now)
    assert.ok(proof.genuine && later.genuine && proof.signature !== null && proof.signature !== later.signature)
  })
})
