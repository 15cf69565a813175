import { Search } from 'lucide-react'
import { useId, type ComponentProps, type ReactNode } from 'react'
import { cx } from './cx.ts'

const box = 'flex w-full items-center gap-2 rounded-2 bg-surface text-13 field-border'

type InputProps = Omit<ComponentProps<'input'>, 'size'> & { size?: 'md' | 'lg'; icon?: ReactNode; end?: ReactNode; bad?: boolean }

/** `icon` stands before, `end` after the text. */
export function Input({ size = 'md', icon, end, bad, className, ...rest }: InputProps) {
  return (
    <span
      className={cx(
        box,
        size === 'lg' ? 'h-9 px-3' : 'h-7 px-2',
        bad && 'border-bad! shadow-[0_0_0_3px_var(--bad-soft)]!',
        '[&_svg]:text-ink-3',
        className,
      )}
    >
      {icon}
      <input
        spellCheck={false}
        autoComplete="off"
        aria-invalid={bad || undefined}
        {...rest}
        className="min-w-0 flex-1 bg-transparent outline-none"
      />
      {end}
    </span>
  )
}

/** A search field without a border, for the head of a panel. */
export function FilterInput(props: InputProps) {
  return (
    <Input
      type="search"
      icon={<Search className="i-14" />}
      placeholder="Filter"
      {...props}
      className={cx('border-transparent! bg-sunken focus-within:border-accent!', props.className)}
    />
  )
}

export function Textarea({ bad, className, ...rest }: ComponentProps<'textarea'> & { bad?: boolean }) {
  return (
    <textarea
      spellCheck={false}
      aria-invalid={bad || undefined}
      {...rest}
      className={cx(
        'block w-full rounded-2 bg-surface p-2 text-13 outline-none field-border focus:border-accent focus:shadow-[0_0_0_3px_var(--accent-soft)]',
        bad && 'border-bad!',
        className,
      )}
    />
  )
}

/** A label above, a hint or an error below. `children` gets the ids to put on its control. */
export function Field({
  label,
  optional,
  hint,
  error,
  children,
}: {
  label: string
  optional?: boolean
  hint?: ReactNode
  error?: string | null
  children: (ids: { id: string; 'aria-describedby': string | undefined }) => ReactNode
}) {
  const id = useId()
  const note = error ?? hint
  return (
    <div>
      <label htmlFor={id} className="mb-1 flex items-center gap-1.5 text-13 font-medium">
        {label}
        {optional && <span className="ml-auto text-12 font-normal text-ink-3">Optional</span>}
      </label>
      {children({ id, 'aria-describedby': note ? `${id}-note` : undefined })}
      {note && (
        <p id={`${id}-note`} className={cx('mt-1 text-12', error ? 'text-bad-text' : 'text-ink-3')}>
          {note}
        </p>
      )}
    </div>
  )
}
