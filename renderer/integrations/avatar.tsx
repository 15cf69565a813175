const hues = [
  'bg-[light-dark(#f7e3d3,#43301f)] text-[light-dark(#7a3f12,#f0b98f)]',
  'bg-[light-dark(#d7efe7,#1d3a32)] text-[light-dark(#1d5b4a,#8fd6c1)]',
  'bg-[light-dark(#e4e3fa,#2d2b52)] text-[light-dark(#3d3a99,#b3b0ff)]',
  'bg-[light-dark(#f8dfea,#47233a)] text-[light-dark(#8a2a57,#f0a5c8)]',
  'bg-[light-dark(#dbeaf7,#1f3548)] text-[light-dark(#245a86,#9ccbf0)]',
]

/** The initials of an account. Pictures are never loaded: the page makes no request to anyone but Plugboard. */
export function Avatar({ label }: { label: string }) {
  const initials = (label.split('@')[0] ?? '')
    .split(/[\s._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map(word => word.slice(0, 1).toUpperCase())
    .join('')
  const hue = hues[[...label].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % hues.length]
  return (
    <span aria-hidden className={`-my-px inline-grid size-4.5 flex-none place-items-center rounded-full text-[8px] font-semibold ${hue}`}>
      {initials || '?'}
    </span>
  )
}
