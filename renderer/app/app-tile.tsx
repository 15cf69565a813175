/** The sign of an app: its first letter. */
export const AppTile = ({ name }: { name: string }) => (
  <span aria-hidden className="grid size-6 flex-none place-items-center rounded-[6px] bg-accent-soft text-11 font-bold text-accent-text">
    {Array.from(name)[0]?.toUpperCase()}
  </span>
)
