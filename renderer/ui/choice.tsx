import { Check } from 'lucide-react'
import { Checkbox as RadixCheckbox, RadioGroup, Switch as RadixSwitch } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'

/** A native select in the clothes of the other controls. */
export function Select({ className, children, ...rest }: ComponentProps<'select'>) {
  return (
    <select
      {...rest}
      className={cx('select flex h-7 w-full items-center rounded-2 bg-surface px-2 text-13 text-ink field-border', className)}
    >
      {children}
    </select>
  )
}

/** 28 × 16, within a press area of 28 × 24. */
export function Switch({
  label,
  checked,
  onChange,
  disabled,
}: {
  label: string
  checked: boolean
  onChange: (on: boolean) => void
  disabled?: boolean
}) {
  return (
    <RadixSwitch.Root
      aria-label={label}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      className="group flex h-6 flex-none items-center rounded-full"
    >
      <span className="flex h-4 w-7 items-center rounded-full bg-control p-0.5 transition-colors duration-180 group-data-[state=checked]:bg-accent">
        <RadixSwitch.Thumb className="size-3 rounded-full bg-white transition-transform duration-180 ease-out data-[state=checked]:translate-x-3" />
      </span>
    </RadixSwitch.Root>
  )
}

export function Checkbox({
  label,
  checked,
  onChange,
  hidden,
}: {
  label: string
  checked: boolean
  onChange: (on: boolean) => void
  hidden?: boolean
}) {
  const box = (
    <RadixCheckbox.Root
      aria-label={hidden ? label : undefined}
      checked={checked}
      onCheckedChange={state => onChange(state === true)}
      className="grid size-4 flex-none place-items-center rounded-1 border border-control bg-surface text-white data-[state=checked]:border-accent data-[state=checked]:bg-accent"
    >
      <RadixCheckbox.Indicator>
        <Check className="i-12" />
      </RadixCheckbox.Indicator>
    </RadixCheckbox.Root>
  )
  if (hidden) return box
  return (
    <label className="flex min-h-6 items-center gap-2 text-13">
      {box}
      {label}
    </label>
  )
}

/** Radio cards, side by side: one choice with a line of explanation each. */
export function ChoiceCards<Value extends string>({
  label,
  value,
  onChange,
  choices,
  disabled,
}: {
  label: string
  value: Value
  onChange: (value: Value) => void
  choices: { value: Value; title: string; text: ReactNode }[]
  disabled?: boolean
}) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={next => onChange(next as Value)}
      className="grid grid-cols-2 gap-2"
    >
      {choices.map(choice => (
        <RadioGroup.Item
          key={choice.value}
          value={choice.value}
          aria-label={choice.title}
          className="group flex gap-2.5 rounded-2 border border-line-2 bg-surface p-2.5 text-left transition-colors duration-120 hover:border-control data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft data-[state=checked]:inset-ring data-[state=checked]:inset-ring-accent"
        >
          <span className="mt-0.5 size-4 flex-none rounded-full border border-control bg-surface group-data-[state=checked]:border-5 group-data-[state=checked]:border-accent group-data-[state=checked]:bg-white" />
          <span>
            <b className="block text-13 font-medium">{choice.title}</b>
            <span className="block text-12 text-ink-2">{choice.text}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
