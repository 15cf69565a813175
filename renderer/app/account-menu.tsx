import { ChevronDown, LogOut } from 'lucide-react'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx'
import { toast } from '../ui/toast.tsx'
import { AppError } from '../../core/errors.ts'
import { api, useAnotherUser } from './world.ts'

/** Who uses the app, and the way out. */
export function AccountMenu({ user }: { user: { name: string; email: string } }) {
  const become = useAnotherUser()
  const name = user.name || user.email
  async function signOut(): Promise<void> {
    try {
      await api.auth.signOut()
      await become('')
    } catch (error) {
      toast.error(AppError.from(error))
    }
  }
  return (
    <Menu
      label="Your account"
      trigger={
        <button type="button" className="flex h-8 flex-none items-center gap-2 rounded-2 px-1.5 text-13 hover:bg-hover">
          <span aria-hidden className="grid size-6 place-items-center rounded-full bg-accent-soft text-11 font-semibold text-accent-text">
            {initialsOf(name)}
          </span>
          <span className="max-w-40 truncate max-[720px]:sr-only">
            <span className="sr-only">Your account: </span>
            {name}
          </span>
          <ChevronDown className="i-12 text-ink-3" />
        </button>
      }
    >
      <MenuLabel>{user.email}</MenuLabel>
      <MenuSeparator />
      <MenuItem icon={<LogOut className="i-14" />} onSelect={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  )
}

/** “PN” of Priya Nair. */
function initialsOf(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean)
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : '']
  return ((Array.from(first)[0] ?? '') + (Array.from(last)[0] ?? '')).toUpperCase()
}
