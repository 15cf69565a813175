import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { connectors } from '../../connectors/index.ts'
import type { AppError } from '../../core/errors.ts'
import { missingScopes, withIncluded } from '../../core/scopes.ts'
import { credentialOf, openGateway } from './gateway.fixture.ts'

const google = 'https://www.googleapis.com/auth/'
/** Grants beyond an action's own scopes, as accounts really have them. */
const wider: Record<string, readonly (readonly [granted: readonly string[], allowed: readonly string[]])[]> = {
  gmail: [
    [['https://mail.google.com/'], ['sendEmail', 'replyToEmail', 'createDraft', 'findEmails', 'readEmail', 'labelEmail']],
    [[`${google}gmail.modify`], ['sendEmail', 'replyToEmail', 'createDraft', 'findEmails', 'readEmail', 'labelEmail']],
    [[`${google}gmail.compose`], ['sendEmail', 'createDraft']],
    [[`${google}gmail.readonly`], ['findEmails', 'readEmail']],
    [[`${google}gmail.send`], ['sendEmail']],
    [
      [`${google}gmail.readonly`, `${google}gmail.send`],
      ['sendEmail', 'replyToEmail', 'findEmails', 'readEmail'],
    ],
  ],
  googlecalendar: [
    [[`${google}calendar`], ['listEvents', 'createEvent', 'updateEvent', 'deleteEvent', 'listCalendars']],
    [[`${google}calendar.readonly`], ['listEvents', 'listCalendars']],
    [[`${google}calendar.events`], ['listEvents', 'createEvent', 'updateEvent', 'deleteEvent']],
  ],
  googledrive: [
    [[`${google}drive`], ['listFiles', 'readFile', 'uploadFile', 'createFolder', 'renameFile']],
    [[`${google}drive.readonly`], ['listFiles', 'readFile']],
    [[`${google}drive.file`], ['uploadFile', 'createFolder', 'renameFile']],
  ],
  googlesheets: [
    [
      [`${google}spreadsheets`, `${google}drive.file`],
      ['appendRow', 'readRows', 'updateRow', 'createSpreadsheet'],
    ],
    [[`${google}drive`], ['appendRow', 'readRows', 'updateRow', 'createSpreadsheet', 'listSpreadsheets']],
  ],
  github: [[['repo'], ['createIssue', 'updateIssue', 'addComment', 'listIssues', 'getIssue', 'listRepositories', 'readFile']]],
}

for (const [id, connector] of Object.entries(connectors)) {
  const { actions, provider } = connector

  test(`complaint 6: ${id} allows exactly what was granted, and asks for exactly what is missing`, async t => {
    const withoutWork = Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, silent(action)]))
    let granted: readonly string[] = []
    const { call, gateway } = await openGateway(t, {
      connectors: { [id]: { ...connector, actions: withoutWork } },
      credential: () => credentialOf({ scopesGranted: [...granted] }),
    })
    /** What an action asks for when these are granted; nothing when it may go on. */
    async function asksFor(name: string, scopes: readonly string[]): Promise<string[]> {
      granted = scopes
      gateway.forget()
      const error = await call(`${id}.${name}`).then(
        () => null,
        (error: AppError) => error,
      )
      if (!error) return []
      assert.equal(error.code, 'needs_scopes')
      const asked = error.action?.kind === 'grant' ? error.action.scopes : []
      assert.ok(asked.length > 0)
      for (const scope of asked) assert.ok(error.message.includes(connector.scopes[scope] ?? '?'), error.message)
      return asked
    }
    for (const [name, { scopes }] of Object.entries(actions)) {
      assert.deepEqual(await asksFor(name, scopes), [])
      for (const own of subsetsOf(scopes)) {
        const asked = await asksFor(name, own)
        assert.deepEqual(await asksFor(name, [...own, ...asked]), [], `${name} goes on with what it asked for`)
        for (const one of asked) {
          assert.ok(scopes.includes(one) && !own.includes(one), `${name} asks for ${one}`)
          const others = asked.filter(scope => scope !== one)
          assert.deepEqual(await asksFor(name, [...own, ...others]), [one], `${name} does not go on without ${one}`)
        }
      }
    }
  })

  for (const [grant, allowed] of wider[id] ?? [])
    test(`complaint 6: ${id} with ${grant.map(scope => scope.replace(google, '')).join(' and ')} may ${allowed.length} of its actions`, () => {
      const may = Object.keys(actions).filter(name => missingScopes(provider, grant, actions[name]?.scopes ?? []).length === 0)
      assert.deepEqual(may.sort(), [...allowed].sort())
    })
}

type Action = (typeof connectors)[string]['actions'][string]
/** The action without its work: only what is allowed matters here. */
function silent(action: Action): Action {
  const anything = action.output.transform(() => null)
  return { ...action, input: action.input.catch({}), output: anything.catch(null), run: async () => null }
}

function subsetsOf<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((sets, item) => [...sets, ...sets.map(set => [...set, item])], [[]])
}

test('what a scope includes is included by what includes it, without end', () => {
  const names = fc.constantFrom(...'abcdefg')
  const tables = fc.dictionary(names, fc.array(names, { maxLength: 4 }))
  fc.assert(
    fc.property(tables, fc.array(names), (impliedScopes, granted) => {
      const all = withIncluded({ impliedScopes }, granted)
      assert.ok(granted.every(scope => all.includes(scope)))
      assert.deepEqual(withIncluded({ impliedScopes }, all).sort(), [...all].sort())
      assert.deepEqual(missingScopes({ impliedScopes }, granted, all), [])
      assert.equal(new Set(all).size, all.length)
    }),
  )
})
