import { useState } from 'react'
import type { AppModel } from '../../core/app/model.ts'
import type { Json } from '../../core/json.ts'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { pluralOf } from '../data/fields.ts'
import { useCall } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { SectionTitle } from '../ui/card.tsx'
import { CodeEditor } from '../ui/code-editor.tsx'
import { exampleInput, inputEntity, parseInput } from './input.ts'
import { runKey, setInput, useInputs } from './live-run.ts'

export type Input = ReturnType<typeof useInput>

/** The input of a function: what was typed, else an example made of the newest record. */
export function useInput(appId: string, model: AppModel, name: string) {
  const key = runKey(appId, name)
  const typed = useInputs(inputs => inputs.typed[key])
  const [problem, setProblem] = useState<string | null>(null)
  const entity = inputEntity(model, name)?.name ?? null
  const newest = useCall(
    [...keys.counts(appId), 'newest', entity],
    signal => client.host.records.list({ appId, entity: entity ?? '', sort: '-created_date', limit: 1 }, { signal }),
    { enabled: entity !== null },
  )
  const record = newest.data?.items[0] ?? null
  const example = JSON.stringify(exampleInput(model, name, record), null, 2)
  const text = typed ?? example
  const parsed = parseInput(text)
  return {
    text,
    value: parsed.ok ? parsed.value : (null as Json),
    problem: parsed.ok ? null : problem,
    /** Where the example comes from; null when there is nothing to make one of. */
    source: entity && { entity, hasRecord: record !== null },
    isTyped: typed !== undefined && typed !== example,
    edit: (next: string) => {
      setProblem(null)
      setInput(key, next === example ? null : next)
    },
    reset: () => {
      setProblem(null)
      setInput(key, null)
    },
    /** Says what is wrong with the input, if anything is. */
    check: (): boolean => {
      if (!parsed.ok) setProblem(parsed.message)
      return parsed.ok
    },
  }
}

export function InputSection({ input }: { input: Input }) {
  const { source } = input
  return (
    <section aria-label="Input">
      <SectionTitle
        end={
          source &&
          input.isTyped && (
            <Button size="sm" kind="ghost" onClick={input.reset}>
              {source.hasRecord ? `Use the newest ${wordOf(source.entity)}` : 'Use the example'}
            </Button>
          )
        }
      >
        Input
      </SectionTitle>
      <CodeEditor
        label="Input as JSON"
        language="json"
        look="well"
        value={input.text}
        onChange={input.edit}
        className="mt-2 max-h-60 overflow-auto!"
      />
      {input.problem ? (
        <p role="alert" className="mt-1 text-12 text-bad-text">
          {input.problem}
        </p>
      ) : (
        source &&
        !input.isTyped && (
          <p className="mt-1 text-12 text-ink-3">
            {source.hasRecord
              ? `The newest of your ${pluralOf(source.entity)}, as the flow gives it.`
              : `An example: there are no ${pluralOf(source.entity)} yet.`}
          </p>
        )
      )}
    </section>
  )
}

const wordOf = (entity: string): string => entity.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
