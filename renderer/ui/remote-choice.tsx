import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import type { AppError } from '../../core/errors.ts'
import { cx } from './cx.ts'
import { Input } from './input.tsx'

/** Looks for the choices of one kind whose label has the query in it. `key` tells one account's answers from another's. */
export type FindChoices = {
  key: readonly string[]
  find: (options: string, query: string, signal: AbortSignal) => Promise<{ value: string; label: string }[]>
}

type Props = {
  id?: string
  'aria-describedby'?: string
  'aria-label'?: string
  bad?: boolean
  value: string
  onChange: (value: string) => void
  options: string
  find: FindChoices
}

const pauseMs = 200

/** A text field that offers what the account has. Anything else can be typed all the same. WAI-ARIA combobox with a list. */
export function RemoteChoice({ value, onChange, options, find, bad, ...ids }: Props) {
  const list = useId()
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const box = useRef<HTMLDivElement>(null)
  const query = useSettled(value)
  const {
    data: choices = [],
    error,
    isFetching,
  } = useQuery({
    queryKey: [...find.key, options, query],
    queryFn: ({ signal }) => find.find(options, query, signal),
    enabled: isOpen,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
  const label = choices.find(choice => choice.value === value)?.label
  const note = noteOf(error, choices.length, isFetching)

  function choose(next: string): void {
    onChange(next)
    setOpen(false)
    setActive(-1)
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setOpen(true)
      setActive(at => Math.max(-1, Math.min(choices.length - 1, at + step)))
    } else if (event.key === 'Enter' && isOpen && choices[active]) {
      event.preventDefault()
      choose(choices[active].value)
    } else if (event.key === 'Escape' && isOpen) {
      event.stopPropagation()
      setOpen(false)
    }
  }

  return (
    <div ref={box} className="relative" onBlur={({ relatedTarget }) => box.current?.contains(relatedTarget) || setOpen(false)}>
      <Input
        {...ids}
        bad={bad}
        role="combobox"
        aria-expanded={isOpen && choices.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        value={value}
        end={label && label !== value ? <span className="max-w-40 truncate text-12 text-ink-3">{label}</span> : undefined}
        onFocus={() => setOpen(true)}
        onKeyDown={onKeyDown}
        onChange={({ target }) => {
          onChange(target.value)
          setOpen(true)
          setActive(-1)
        }}
      />
      {isOpen && choices.length > 0 && (
        <ul
          id={list}
          role="listbox"
          aria-label="Choices"
          className="absolute inset-x-0 top-full z-20 mt-1 max-h-56 overflow-auto rounded-2 bg-raised p-1 shadow-float"
        >
          {choices.map((choice, at) => (
            <li
              key={choice.value}
              id={`${list}-${at}`}
              role="option"
              aria-selected={choice.value === value}
              // Pressed, not clicked: the field would lose the focus and the list would be gone before.
              onPointerDown={event => {
                event.preventDefault()
                choose(choice.value)
              }}
              onPointerEnter={() => setActive(at)}
              className={cx('flex h-7 items-center gap-2 rounded-1 px-2 text-13', at === active && 'bg-hover')}
            >
              <span className="min-w-0 flex-1 truncate">{choice.label}</span>
              {choice.label !== choice.value && <code className="max-w-40 truncate text-[11px] text-ink-3">{choice.value}</code>}
            </li>
          ))}
        </ul>
      )}
      {isOpen && note && (
        // Above what comes next, and transparent to presses: nothing moves, and what lies below can be pressed.
        <p
          role="status"
          className="pointer-events-none absolute inset-x-0 top-full z-20 mt-1 rounded-2 bg-raised px-3 py-2 text-12 text-ink-3 shadow-float"
        >
          {note}
        </p>
      )}
    </div>
  )
}

function noteOf(error: AppError | null, count: number, isFetching: boolean): string | null {
  // Nobody has to allow more for the sake of a list.
  if (error?.code === 'needs_scopes') return 'This account does not allow Plugboard to list them. Type it.'
  if (error) return error.message
  if (count > 0) return null
  return isFetching ? 'Looking…' : 'Nothing of that name. You can type it all the same.'
}

/** A value once it has stopped changing for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
