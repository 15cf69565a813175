import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flow, type Flow } from '../../core/app/flow.ts'
import { layOutFlow, readable, triggerNodeId } from './graph.ts'

function flowOf(steps: unknown[]): Flow {
  return flow.parse({
    name: 'Escalate',
    trigger: { config: { trigger_type: 'manual' } },
    definition: { document: { dsl: '1.0.0', namespace: 'plugboard', name: 'escalate', version: '1.0.0' }, do: steps },
  })
}
const call = (extra: object = {}) => ({ call: 'invoke_backend_function', with: { function_name: 'f' }, ...extra })

test('steps follow each other from the trigger down', () => {
  const { nodes, edges } = layOutFlow(flowOf([{ first: call() }, { second: call() }]))
  assert.deepEqual(
    edges.map(({ from, to }) => [from, to]),
    [
      [triggerNodeId, 'first'],
      ['first', 'second'],
    ],
  )
  const heights = nodes.map(({ y }) => y)
  assert.deepEqual(
    heights,
    [...heights].sort((a, b) => a - b),
  )
})

test('a switch parts into its cases, and into “Otherwise” where none fits', () => {
  const { edges } = layOutFlow(
    flowOf([
      { check: { switch: [{ isUrgent: { when: '${ .trigger.data.urgent }', then: 'page' } }] } },
      { mail: call({ then: 'end' }) },
      { page: call() },
    ]),
  )
  assert.deepEqual(
    edges.map(({ from, to, label }) => [from, to, label]),
    [
      [triggerNodeId, 'check', null],
      ['check', 'page', 'Is urgent'],
      ['check', 'mail', 'Otherwise'],
    ],
  )
})

test('a way that leads to no step is left out instead of drawn into nothing', () => {
  const { edges, nodes } = layOutFlow(flowOf([{ only: call({ then: 'nowhere' }) }]))
  assert.deepEqual(
    edges.map(({ to }) => to),
    ['only'],
  )
  assert.equal(nodes.length, 2)
})

test('names of cases are read as words', () => {
  assert.equal(readable('needs_a-reply'), 'Needs a reply')
})
