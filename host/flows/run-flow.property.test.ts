import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { ended, openApp } from './fixture.ts'

type Draft = { kind: 'call' | 'switch' | 'wait'; fails: boolean; then: string | null; cases: { limit: number; then: string }[] }

const names = ['a', 'b', 'c', 'd', 'e']
const target = fc.constantFrom(...names, 'end', 'exit', 'continue')
const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('call', 'call', 'switch', 'wait'),
  fails: fc.boolean(),
  then: fc.option(target, { freq: 3 }),
  cases: fc.array(fc.record({ limit: fc.integer({ min: 0, max: 6 }), then: target }), { minLength: 1, maxLength: 3 }),
})
const flow = fc.array(draft, { minLength: 1, maxLength: names.length })

/** The language in a few lines: what is run, in which order, and how it ends. Each call gives the number of calls before it. */
function model(steps: Draft[], fuel: number): { ran: string[]; state: 'succeeded' | 'failed' } {
  const ran: string[] = []
  let calls = 0
  let at: number | null = 0
  while (at !== null && at < steps.length) {
    const step: Draft | undefined = steps[at]
    if (!step) break
    ran.push(names[at] ?? '')
    if (ran.length > fuel) return { ran, state: 'failed' }
    let then = step.then
    if (step.kind === 'call') {
      if (step.fails && calls >= 3) return { ran, state: 'failed' }
      calls++
    }
    if (step.kind === 'switch') then = step.cases.find(({ limit }) => calls < limit)?.then ?? step.then
    if (then === 'end' || then === 'exit') break
    if (then === null || then === 'continue') at++
    else {
      const next = names.indexOf(then)
      if (next >= steps.length) return { ran, state: 'failed' }
      at = next
    }
  }
  return { ran, state: 'succeeded' }
}

function toTask({ kind, then, cases, fails }: Draft): Record<string, unknown> {
  const after = then === null ? {} : { then }
  if (kind === 'wait') return { wait: 'PT0.001S', ...after }
  if (kind === 'call') return { call: 'invoke_backend_function', with: { function_name: 'count', args: { fails } }, ...after }
  const items = cases.map(({ limit, then }, index) => ({
    [`case${index}`]: { when: `$\{ ([.steps[] | numbers] | max // 0) < ${limit} }`, then },
  }))
  return { switch: items, ...after }
}

test('any flow takes the steps that the language says, and ends as it says', async () => {
  let calls = 0
  const count = (input: Json) => {
    const { fails } = input as { fails: boolean }
    if (fails && calls >= 3) throw new AppError('validation', 'No more.')
    return ++calls
  }
  await using app = await openApp({}, { count })
  await fc.assert(
    fc.asyncProperty(flow, async steps => {
      const fuel = 25
      const expected = model(steps, fuel)
      fc.pre(expected.ran.length <= fuel)
      calls = 0
      await app.use({ random: { do: steps.map((step, index) => ({ [names[index] ?? '']: toTask(step) })) } })
      const { runId } = await app.flows.runNow('random')
      const run = await ended(app.flows, runId)
      assert.deepEqual({ ran: run.steps.map(({ name }) => name), state: run.state }, expected)
      for (const step of run.steps.slice(0, -1)) assert.equal(step.state, 'succeeded')
    }),
    { numRuns: 60 },
  )
})
