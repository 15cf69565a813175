import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { Json, JsonObject } from '../../core/json.ts'
import { Button, IconButton } from './button.tsx'
import { Checkbox, Select } from './choice.tsx'
import { CodeEditor } from './code-editor.tsx'
import { Field, Input, Textarea } from './input.tsx'
import { RemoteChoice, type FindChoices } from './remote-choice.tsx'
import { asObject, fieldsOf, itemOf, unreadable, type FormField, type Problems } from './schema-values.ts'

type FormProps = {
  /** JSON Schema 2020-12 of an object. */
  schema: Json
  value: JsonObject
  onChange: (value: JsonObject) => void
  /** By the path of the field; see `problemsIn`. */
  problems?: Problems
  /** What an account offers for a field: its channels, its labels. */
  find?: FindChoices
}

/** A form for what a schema describes: each field with its title, its words, its default and what is wrong with it. */
export const SchemaForm = (props: FormProps) => <Fields {...props} within="" />

function Fields({ schema, value, onChange, within, ...rest }: FormProps & { within: string }) {
  return (
    <div className="space-y-4">
      {fieldsOf(schema).map(field => (
        <OneField
          key={field.name}
          field={field}
          path={within + field.name}
          value={value[field.name]}
          onChange={next => onChange(withField(value, field.name, next))}
          {...rest}
        />
      ))}
    </div>
  )
}

function withField(value: JsonObject, name: string, next: Json | undefined): JsonObject {
  const { [name]: _, ...others } = value
  return next === undefined ? others : { ...others, [name]: next }
}

type FieldProps = Pick<FormProps, 'problems' | 'find'> & {
  field: FormField
  path: string
  value: Json | undefined
  onChange: (value: Json | undefined) => void
}

function OneField(props: FieldProps) {
  const { field, path, value, onChange, problems = {}, find } = props
  if (field.kind === 'switch') return <Checkbox label={field.title} checked={value === true} onChange={onChange} />
  if (field.kind === 'list') return <List {...props} />
  if (field.kind === 'group')
    return (
      <Group field={field}>
        <Fields schema={field.schema} value={asObject(value)} onChange={onChange} within={`${path}.`} problems={problems} find={find} />
      </Group>
    )
  if (field.kind === 'pairs')
    return (
      <Group field={field} problem={problems[path]}>
        <Pairs field={field} value={asObject(value)} onChange={onChange} />
      </Group>
    )
  return (
    <Field label={field.title} optional={!field.required} hint={field.description} error={problems[path] ?? null}>
      {ids => <Control {...props} ids={ids} bad={path in problems} />}
    </Field>
  )
}

type ControlProps = FieldProps & { ids: { id?: string; 'aria-describedby'?: string; 'aria-label'?: string }; bad: boolean }

function Control({ field, value, onChange, find, ids, bad }: ControlProps) {
  const text = typeof value === 'string' ? value : ''
  switch (field.kind) {
    case 'choice':
      return <Choices {...ids} field={field} value={value} onChange={onChange} />
    case 'number':
      return (
        <Input
          {...ids}
          bad={bad}
          type="number"
          className="max-w-40"
          min={limitOf(field, 'minimum')}
          max={limitOf(field, 'maximum')}
          step={field.schema['type'] === 'integer' ? 1 : 'any'}
          value={typeof value === 'number' ? value : ''}
          onChange={({ target }) => onChange(target.value === '' ? undefined : target.valueAsNumber)}
        />
      )
    case 'long':
      return <Textarea {...ids} bad={bad} rows={4} value={text} onChange={({ target }) => onChange(target.value)} />
    case 'remote':
      if (find)
        return <RemoteChoice {...ids} bad={bad} value={text} onChange={onChange} find={find} options={String(field.schema['options'])} />
      return <Input {...ids} bad={bad} value={text} onChange={({ target }) => onChange(target.value)} />
    case 'text':
      return <Input {...ids} bad={bad} value={text} onChange={({ target }) => onChange(target.value)} />
    default:
      return <AnyJson label={field.title} value={value} onChange={onChange} />
  }
}

const limitOf = ({ schema }: FormField, name: 'minimum' | 'maximum'): number | undefined => {
  const limit = schema[name]
  // Where nothing is declared, a schema has the largest safe number.
  return typeof limit === 'number' && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : undefined
}

function Choices({
  field,
  value,
  onChange,
  ...ids
}: {
  field: FormField
  value: Json | undefined
  onChange: (value: Json | undefined) => void
}) {
  const choices = (field.schema['enum'] ?? []) as Json[]
  const chosen = choices.findIndex(choice => choice === value)
  return (
    <Select {...ids} value={String(chosen)} onChange={({ target }) => onChange(choices[Number(target.value)])}>
      {(chosen < 0 || !field.required) && <option value="-1">{field.required ? 'Choose…' : '—'}</option>}
      {choices.map((choice, at) => (
        <option key={String(choice)} value={at}>
          {String(choice)}
        </option>
      ))}
    </Select>
  )
}

/** Several controls under one title. */
function Group({ field, problem, children }: { field: FormField; problem?: string; children: React.ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-1 flex w-full items-center text-13 font-medium">
        {field.title}
        {!field.required && <span className="ml-auto text-12 font-normal text-ink-3">Optional</span>}
      </legend>
      {field.description && <p className="mb-2 text-12 text-ink-3">{field.description}</p>}
      <div className="border-l-2 border-line pl-3">{children}</div>
      {problem && <p className="mt-1 text-12 text-bad-text">{problem}</p>}
    </fieldset>
  )
}

function List({ field, path, value, onChange, problems = {}, find }: FieldProps) {
  const items = Array.isArray(value) ? value : []
  const item = itemOf(field)
  const set = (at: number, next: Json | undefined) => onChange(items.map((each, index) => (index === at ? (next ?? '') : each)))
  return (
    <Group field={field} problem={problems[path]}>
      <div className="space-y-2">
        {items.map((each, at) => (
          // Entries have no name of their own: their place is what they are.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at}>
            <div className="flex items-start gap-1">
              <div className="min-w-0 flex-1">
                {item.kind === 'group' || item.kind === 'list' || item.kind === 'pairs' || item.kind === 'switch' ? (
                  <OneField
                    field={{ ...item, title: `Entry ${at + 1}` }}
                    path={`${path}.${at}`}
                    value={each}
                    onChange={next => set(at, next)}
                    problems={problems}
                    find={find}
                  />
                ) : (
                  <Control
                    field={item}
                    path={`${path}.${at}`}
                    value={each}
                    onChange={next => set(at, next)}
                    find={find}
                    ids={{ 'aria-label': `${field.title}, entry ${at + 1}` }}
                    bad={`${path}.${at}` in problems}
                  />
                )}
              </div>
              <IconButton label={`Remove entry ${at + 1}`} onClick={() => onChange(items.filter((_, index) => index !== at))}>
                <X />
              </IconButton>
            </div>
            {problems[`${path}.${at}`] && <p className="mt-1 text-12 text-bad-text">{problems[`${path}.${at}`]}</p>}
          </div>
        ))}
        <Button size="sm" icon={<Plus />} onClick={() => onChange([...items, item.kind === 'group' ? {} : ''])}>
          Add
        </Button>
      </div>
    </Group>
  )
}

/** Values by a name that one gives. Kept as rows while it is typed: two rows may have the same name for a moment. */
function Pairs({ field, value, onChange }: { field: FormField; value: JsonObject; onChange: (value: JsonObject) => void }) {
  const [rows, setRows] = useState<[string, Json][]>(() => (Object.keys(value).length > 0 ? Object.entries(value) : [['', '']]))
  const change = (next: [string, Json][]) => {
    setRows(next)
    onChange(Object.fromEntries(next.filter(([name]) => name.trim() !== '')))
  }
  const put = (at: number, row: [string, Json]) => change(rows.map((each, index) => (index === at ? row : each)))
  return (
    <div className="space-y-2">
      {rows.map(([name, given], at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row is its place: its name is being typed
        <div key={at} className="flex items-center gap-1">
          <Input
            aria-label={`Name ${at + 1} of ${field.title}`}
            placeholder="Name"
            className="flex-1"
            value={name}
            onChange={({ target }) => put(at, [target.value, given])}
          />
          <Input
            aria-label={`Value ${at + 1} of ${field.title}`}
            placeholder="Value"
            className="flex-2"
            value={typeof given === 'string' ? given : JSON.stringify(given)}
            onChange={({ target }) => put(at, [name, target.value])}
          />
          <IconButton label={`Remove row ${at + 1}`} onClick={() => change(rows.filter((_, index) => index !== at))}>
            <X />
          </IconButton>
        </div>
      ))}
      <Button size="sm" icon={<Plus />} onClick={() => change([...rows, ['', '']])}>
        Add
      </Button>
    </div>
  )
}

function AnyJson({ label, value, onChange }: { label: string; value: Json | undefined; onChange: (value: Json | undefined) => void }) {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2))
  return (
    <CodeEditor
      label={`${label} as JSON`}
      language="json"
      look="well"
      value={text}
      onChange={next => {
        setText(next)
        onChange(readJson(next))
      }}
    />
  )
}

function readJson(text: string): Json | undefined {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return unreadable
  }
}
