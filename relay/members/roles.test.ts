import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { role } from '../../core/contract/relay.ts'
import { actions, article, demand, may, mayManage } from './roles.ts'

const allowed = {
  owner: [
    'apps.see',
    'apps.publish',
    'apps.people',
    'runs.read',
    'connections.share',
    'connections.use',
    'own-accounts.end',
    'clients.change',
    'members.see',
    'members.invite',
    'members.change',
    'audit.read',
    'workspace.change',
  ],
  admin: [
    'apps.see',
    'apps.publish',
    'apps.people',
    'runs.read',
    'connections.share',
    'connections.use',
    'own-accounts.end',
    'clients.change',
    'members.see',
    'members.invite',
    'members.change',
    'audit.read',
  ],
  editor: ['apps.see', 'apps.publish', 'apps.people', 'runs.read', 'connections.share', 'connections.use', 'members.see'],
  viewer: ['apps.see', 'members.see'],
}

describe('roles', () => {
  for (const name of role.options)
    it(`let ${article(name)} do this and nothing else`, () => {
      assert.deepEqual(
        actions.filter(action => may({ role: name }, action)),
        allowed[name],
      )
      for (const action of actions) {
        const tried = () => demand({ role: name }, action)
        if (may({ role: name }, action)) assert.doesNotThrow(tried)
        else
          assert.throws(tried, {
            name: 'AppError',
            code: 'forbidden',
            message: /^As an? \w+ you may not .+\. Ask an? \w+ of this workspace\.$/,
          })
      }
    })

  it('let nobody give, change or take a role above their own, and members below admin none at all', () => {
    const table = Object.fromEntries(role.options.map(actor => [actor, role.options.filter(target => mayManage({ role: actor }, target))]))
    assert.deepEqual(table, { owner: ['owner', 'admin', 'editor', 'viewer'], admin: ['admin', 'editor', 'viewer'], editor: [], viewer: [] })
  })
})
