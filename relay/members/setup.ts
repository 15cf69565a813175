import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import { hashPassword } from './accounts.ts'
import { hashToken, newToken } from './links.ts'
import type { Workspace } from './members.ts'
import { addMember, addUser, findUser } from './people.ts'

export type Setup = {
  /** The secret part of a new set-up link, or null when there is an owner already. */
  newLink(): Promise<string | null>
  isOpen(token: string): Promise<boolean>
  /** Makes the first owner and ends every set-up link. Errors: `conflict` when it was used, `validation`. */
  use(token: string, person: { name: string; email: string; password: string; ip: string | null }): Promise<void>
}

/** How the first owner gets in: by a link that only who reads the relay's terminal or log knows. */
export function createSetup(database: Database, audit: Audit, workspace: Workspace, now: () => number = Date.now): Setup {
  function* hasOwner(): Steps<boolean> {
    const [row] = yield sql`select 1 as one from members where workspace_id = ${workspace.id} and role = 'owner' limit 1`
    return row !== undefined
  }

  function* isKnown(token: string): Steps<boolean> {
    const [row] = yield sql`select 1 as one from setup_links where token_hash = ${hashToken(token)}`
    return row !== undefined && !(yield* hasOwner())
  }

  return {
    async newLink() {
      const token = newToken()
      const made = await database.transaction(function* () {
        if (yield* hasOwner()) return false
        yield sql`insert into setup_links (token_hash, created_at) values (${hashToken(token)}, ${now()})`
        return true
      })
      return made ? token : null
    },
    isOpen: token => database.transaction(() => isKnown(token)),
    async use(token, { name, email, password, ip }) {
      const passwordHash = await hashPassword(password)
      await database.transaction(function* () {
        yield* database.lock('set-up')
        if (!(yield* isKnown(token)))
          throw new AppError('conflict', 'This set-up link was used already. Sign in, or start the relay again for a new one.')
        if (yield* findUser(email)) throw new AppError('conflict', 'There is an account with this e-mail already. Use another one.')
        const at = now()
        const userId = yield* addUser({ name, email, passwordHash, at })
        yield* addMember(workspace.id, userId, 'owner', at)
        yield sql`delete from setup_links`
        yield* audit.note({ workspaceId: workspace.id, actor: userId, action: 'workspace.set_up', subject: email, ip })
      })
    },
  }
}
