import { useState } from 'react'
import type { Entity } from '../../core/app/entity.ts'
import type { FormBlock } from '../../core/app/page.ts'
import { RecordForm } from '../data/record-form.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { toast } from '../ui/toast.tsx'
import { usePages } from './api.ts'
import { aNounOf, columnsFor, nounOf } from './columns.ts'
import { FieldControl } from './field-control.tsx'
import { useRecordActs } from './records.ts'

/** A form that stands on the page itself. It is empty again once its record was made. */
export function OpenForm({ entity, block }: { entity: Entity; block: FormBlock }) {
  const { user, entities, signInHref } = usePages()
  const { create } = useRecordActs(entity.name)
  const [isBusy, setBusy] = useState(false)
  const [made, setMade] = useState(0)
  const id = `new-${entity.name}`
  const title = block.title ?? `New ${nounOf(entity)}`
  return (
    <Card className="max-w-140 p-5" role="region" aria-label={title}>
      <h2 className="mb-4 text-16 font-semibold">{title}</h2>
      {user ? (
        <>
          <RecordForm
            key={made}
            id={id}
            autoFocus={made > 0}
            columns={columnsFor(entity, block.fields, entities)}
            record={null}
            save={data => create.mutateAsync(data)}
            onBusy={setBusy}
            onDone={() => {
              toast.say(`The ${nounOf(entity)} is added.`)
              setMade(made + 1)
            }}
            Control={FieldControl}
          />
          <Button kind="primary" className="mt-4" type="submit" form={id} busy={isBusy}>
            Add
          </Button>
        </>
      ) : (
        <a href={signInHref()} className={buttonClass('primary')}>
          Sign in to add {aNounOf(entity)}
        </a>
      )}
    </Card>
  )
}
