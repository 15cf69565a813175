import { visibilityOf, type Visibility } from '../../core/app/visibility.ts'
import type { PublishedApp } from '../../core/contract/releases.ts'
import type { Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'

export const visibilityWords: Record<Visibility, { short: string; long: string }> = {
  public: { short: 'Anyone', long: 'Anyone may open it and sign up' },
  private: { short: 'Invited people', long: 'Only people whom a member has invited' },
  workspace: { short: 'Members', long: 'Members of this workspace' },
}

/** Who may use an app, as its live release says. A release never changes, so each is read once. */
export function readVisibility({ activation }: Pick<Rooms, 'activation'>): (member: Member, app: PublishedApp) => Promise<Visibility> {
  const known = new Map<string, Visibility>()
  return async (member, { id, live: { releaseId } }) => {
    const read = known.get(releaseId) ?? visibilityOf((await activation.unpackFor(member, id, releaseId)).model.config)
    known.set(releaseId, read)
    return read
  }
}
