import { Play } from 'lucide-react'
import { useState } from 'react'
import type { JsonObject } from '../../core/json.ts'
import { keys, useActions, type ActionShape, type ConnectionRow, type ConnectorFacts } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { Card, CardSection, SectionTitle } from '../ui/card.tsx'
import { PracticeChip } from '../ui/chip.tsx'
import { Select } from '../ui/choice.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field } from '../ui/input.tsx'
import { JsonWell } from '../ui/json-well.tsx'
import { durationWords } from '../ui/relative-time.tsx'
import { SchemaForm } from '../ui/schema-form.tsx'
import { filledIn, problemsIn, startOf } from '../ui/schema-values.ts'
import { Bone, Skeleton } from '../ui/skeleton.tsx'

/** Runs one action with the account that the app uses: what it takes as a form, what it gives as it is. */
export function TryIt({ appId, facts, row }: { appId: string; facts: ConnectorFacts; row: ConnectionRow | undefined }) {
  const { data: actions, error, refetch } = useActions(facts.id)
  const [id, setId] = useState<string | null>(null)
  const action = actions?.find(each => each.id === id) ?? actions?.find(({ effect }) => effect === 'read') ?? actions?.[0]
  return (
    <section aria-label="Try it">
      <SectionTitle note={row?.account?.label} end={row?.practice && <PracticeChip>Practice account</PracticeChip>}>
        Try it
      </SectionTitle>
      <Card className="mt-2">
        <div className="p-3">
          {error ? (
            <ErrorNote error={error} onRetry={() => void refetch()} />
          ) : !actions || !action ? (
            <Skeleton className="space-y-3">
              <Bone className="h-7" />
              <Bone className="h-7" />
            </Skeleton>
          ) : (
            <Field label="Action" hint={action.does}>
              {ids => (
                <Select {...ids} value={action.id} onChange={({ target }) => setId(target.value)}>
                  {actions.map(({ id, title }) => (
                    <option key={id} value={id}>
                      {title}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
        </div>
        {action && <Attempt key={action.id} appId={appId} facts={facts} row={row} action={action} />}
      </Card>
    </section>
  )
}

function Attempt({
  appId,
  facts,
  row,
  action,
}: {
  appId: string
  facts: ConnectorFacts
  row: ConnectionRow | undefined
  action: ActionShape
}) {
  const [value, setValue] = useState<JsonObject>(() => startOf(action.inputSchema))
  const [wasSent, setSent] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const problems = problemsIn(action.inputSchema, value)
  const run = useAct(
    () => client.host.connectors.tryAction({ appId, connector: facts.id, action: action.id, input: filledIn(action.inputSchema, value) }),
    { quiet: true, refresh: row ? [keys.access(row.id)] : [] },
  )
  const isUsable = row?.state === 'connected' || row?.state === 'retrying'

  function send(): void {
    setSent(true)
    if (Object.keys(problems).length > 0) return
    if (action.effect === 'write') setAsking(true)
    else run.mutate()
  }

  return (
    <>
      <CardSection>
        <form
          noValidate
          onSubmit={event => {
            event.preventDefault()
            send()
          }}
        >
          <SchemaForm
            schema={action.inputSchema}
            value={value}
            onChange={setValue}
            problems={wasSent ? problems : {}}
            {...(isUsable && {
              find: {
                key: ['choices', appId, facts.id, row.id],
                find: (field, query, signal) => client.host.connectors.options({ appId, connector: facts.id, field, query }, { signal }),
              },
            })}
          />
          <div className="mt-4 flex items-center gap-3">
            <Button type="submit" icon={<Play />} busy={run.isPending} disabled={!isUsable}>
              {action.effect === 'write' ? `${action.title}…` : 'Run'}
            </Button>
            {!isUsable && <span className="text-12 text-ink-3">Connect an account to run it.</span>}
          </div>
        </form>
      </CardSection>
      {(run.data || run.error) && (
        <CardSection title={run.data ? `Answer, after ${durationWords(run.data.durationMs)}` : undefined}>
          {run.error ? <ErrorNote error={run.error} /> : run.data && <JsonWell label="Answer" value={run.data.output} />}
        </CardSection>
      )}
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={`${action.title} now?`}
        description={`${row?.practice ? 'This happens in the practice account' : `This really happens in ${facts.name}`}${
          row?.account ? `, as ${row.account.label}` : ''
        }. ${action.does}`}
      >
        <DialogActions>
          <Button onClick={() => setAsking(false)}>Cancel</Button>
          <Button
            kind={action.destructive ? 'danger' : 'primary'}
            onClick={() => {
              setAsking(false)
              run.mutate()
            }}
          >
            {action.title}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
