import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { ReleaseChange } from '../../core/contract/publish.ts'
import { suggestTitle } from './suggest-title.ts'

const live = { number: 3, releaseId: 'r', title: 'Regions', by: 'Olga', at: '2026-11-20T10:00:00.000Z' }
const change = (name: string, detail: string, kind: ReleaseChange['kind'] = 'changed'): ReleaseChange => ({
  kind,
  part: 'entity',
  name,
  detail,
  paths: [],
  theirs: false,
})
const region = change('Ticket', 'One field more: region')

it('a version is called by what was done last since the live one, or by what differs', () => {
  const step = { title: 'New ticket to Slack', by: 'chat', at: '2026-11-20T11:00:00.000Z' }
  assert.equal(suggestTitle(null, [region], []), 'First version')
  assert.equal(suggestTitle(live, [], [step]), '')
  assert.equal(suggestTitle(live, [region], [step]), 'New ticket to Slack')
  assert.equal(suggestTitle(live, [region], [{ ...step, at: '2026-11-20T09:00:00.000Z' }]), 'Ticket: one field more: region')
  assert.equal(suggestTitle(live, [region], [{ ...step, by: 'outside' }]), 'Ticket: one field more: region')
  assert.equal(suggestTitle(live, [change('notify', ''), region, region], []), 'notify changed, and 2 more')
  assert.equal(suggestTitle(live, [change('Old reports', 'Page, 3 blocks', 'removed')], []), 'Old reports removed')
  assert.equal(suggestTitle(live, [region], [{ ...step, title: 'x'.repeat(500) }]).length, 120)
})
