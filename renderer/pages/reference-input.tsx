import { X } from 'lucide-react'
import { useDeferredValue, useId, useRef, useState, type KeyboardEvent } from 'react'
import type { Entity } from '../../core/app/entity.ts'
import { searchFilter } from '../data/fields.ts'
import type { ValueInputProps } from '../data/value-input.tsx'
import { IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Input } from '../ui/input.tsx'
import { aNounOf, columnsFor, nounOf, recordTitle } from './columns.ts'
import { useFound, useRecord } from './records.ts'

type Props = Pick<ValueInputProps, 'id' | 'aria-describedby' | 'bad' | 'autoFocus' | 'value' | 'onChange'> & { entity: Entity }

/** Chooses a record of another entity by its name. Its value is the record's id. WAI-ARIA combobox with a list. */
export function ReferenceInput({ entity, value, onChange, autoFocus, ...ids }: Props) {
  const list = useId()
  const box = useRef<HTMLDivElement>(null)
  const [typed, setTyped] = useState<string | null>(null)
  const [active, setActive] = useState(-1)
  const isOpen = typed !== null
  const q = searchFilter(columnsFor(entity, undefined, []), useDeferredValue(typed ?? ''))
  const { data: found, error } = useFound(entity.name, q, isOpen)
  const { data: chosen } = useRecord(entity.name, value === '' ? null : value)
  const choices = found?.items ?? []
  const note = error ? error.message : found && choices.length === 0 ? `No ${nounOf(entity)} of that name.` : null

  function choose(id: string): void {
    onChange(id)
    setTyped(null)
    setActive(-1)
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setTyped(typed ?? '')
      setActive(at => Math.max(-1, Math.min(choices.length - 1, at + step)))
    } else if (event.key === 'Enter' && isOpen && choices[active]) {
      event.preventDefault()
      choose(String(choices[active]['id']))
    } else if (event.key === 'Escape' && isOpen) {
      event.stopPropagation()
      setTyped(null)
    }
  }

  return (
    <div ref={box} className="relative" onBlur={({ relatedTarget }) => box.current?.contains(relatedTarget) || setTyped(null)}>
      <Input
        {...ids}
        autoFocus={autoFocus}
        role="combobox"
        aria-expanded={isOpen && choices.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        placeholder={`Find ${aNounOf(entity)}`}
        value={typed ?? (value === '' ? '' : chosen ? recordTitle(entity, chosen) : '…')}
        onClick={() => setTyped(typed ?? '')}
        onKeyDown={onKeyDown}
        onChange={({ target }) => {
          setTyped(target.value)
          setActive(-1)
        }}
        end={
          value !== '' && (
            <IconButton label="Choose none" size="sm" className="-mr-1.5" onClick={() => choose('')}>
              <X />
            </IconButton>
          )
        }
      />
      {isOpen && choices.length > 0 && (
        <ul
          id={list}
          role="listbox"
          aria-label={`Records of ${nounOf(entity)}`}
          className="absolute inset-x-0 top-full z-20 mt-1 max-h-56 overflow-auto rounded-2 bg-raised p-1 shadow-float"
        >
          {choices.map((record, at) => (
            <li
              key={String(record['id'])}
              id={`${list}-${at}`}
              role="option"
              aria-selected={record['id'] === value}
              // Pressed, not clicked: the field would lose the focus and the list would be gone before.
              onPointerDown={event => {
                event.preventDefault()
                choose(String(record['id']))
              }}
              onPointerEnter={() => setActive(at)}
              className={cx('flex min-h-7 items-center rounded-1 px-2 text-13', at === active && 'bg-hover')}
            >
              <span className="truncate">{recordTitle(entity, record)}</span>
            </li>
          ))}
        </ul>
      )}
      {isOpen && note && (
        <p role="status" className="absolute inset-x-0 top-full z-20 mt-1 rounded-2 bg-raised px-3 py-2 text-12 text-ink-3 shadow-float">
          {note}
        </p>
      )}
    </div>
  )
}
