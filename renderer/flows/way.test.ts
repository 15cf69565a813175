import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flow } from '../../core/app/flow.ts'
import { layOutFlow } from './graph.ts'
import { drawWay } from './way.ts'

const call = (extra: object = {}) => ({ call: 'invoke_backend_function', with: { function_name: 'f' }, ...extra })

function picture(steps: unknown[]) {
  const { nodes, edges } = layOutFlow(
    flow.parse({
      name: 'Escalate',
      trigger: { config: { trigger_type: 'manual' } },
      definition: { document: { dsl: '1.0.0', namespace: 'plugboard', name: 'escalate', version: '1.0.0' }, do: steps },
    }),
  )
  return (from: string, to: string) => {
    const edge = edges.find(found => found.from === from && found.to === to)
    const source = nodes.find(({ id }) => id === from)
    const target = nodes.find(({ id }) => id === to)
    assert.ok(edge && source && target)
    return { ...drawWay(edge, source, target), column: edge.column, source, target, nodes }
  }
}

test('a step above another is joined by one straight line', () => {
  const { path } = picture([{ a: call() }, { b: call() }])('a', 'b')
  assert.match(path, /^M(\S+) \S+ L\1 \S+$/)
})

test('a way past a step runs beside it', () => {
  const way = picture([
    { check: { switch: [{ urgent: { when: '.x', then: 'page' } }, { other: { then: 'post' } }] } },
    { page: call() },
    { post: call() },
  ])
  const { column, nodes } = way('check', 'post')
  const page = nodes.find(({ id }) => id === 'page')
  assert.ok(page && (column < page.x || column > page.x + 256), `${column} lies on the box at ${page?.x}`)
})

test('a way back leads up, beside all steps', () => {
  const { path, column, nodes } = picture([{ a: call() }, { b: call({ then: 'a' }) }])('b', 'a')
  assert.ok(nodes.every(({ x }) => column > x + 256))
  assert.match(path, /^M\S+ \S+ L/)
})
