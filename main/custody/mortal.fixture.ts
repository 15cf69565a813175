import type { Database } from '../../host/store/engine.ts'

/** A process that dies at its n-th commit: before it, or right after. Then nothing of it works any more. */
export class Mortal {
  commits = 0
  isDead = false
  private readonly at: { commit: number; when: 'before' | 'after' } | null
  constructor(at: { commit: number; when: 'before' | 'after' } | null = null) {
    this.at = at
  }
  die = (): never => {
    this.isDead = true
    throw new Error('It died.')
  }
  through<T extends Pick<Database, 'transaction'>>(database: T): T {
    const transaction: Database['transaction'] = async work => {
      if (this.isDead) this.die()
      this.commits += 1
      const isLast = this.at?.commit === this.commits
      if (isLast && this.at?.when === 'before') this.die()
      const result = await database.transaction(work)
      if (isLast) this.die()
      return result
    }
    return { ...database, transaction }
  }
}
