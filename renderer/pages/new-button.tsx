import { LogIn, Plus } from 'lucide-react'
import type { Entity } from '../../core/app/entity.ts'
import { buttonClass } from '../ui/button.tsx'
import { usePages } from './api.ts'
import { aNounOf, nounOf } from './columns.ts'

/** Leads to the form for a new record; a visitor who is not signed in does that first. */
export function NewButton({ page, entity, title, primary }: { page: string; entity: Entity; title: string | undefined; primary: boolean }) {
  const { user, hrefOf, signInHref } = usePages()
  const words = title ?? `New ${nounOf(entity)}`
  return (
    <a
      href={user ? hrefOf({ page, entity: entity.name, record: 'new' }) : signInHref()}
      className={buttonClass(primary ? 'primary' : 'secondary')}
    >
      {user ? <Plus className="i-14" /> : <LogIn className="i-14" />}
      {user ? words : `Sign in to add ${aNounOf(entity)}`}
    </a>
  )
}
