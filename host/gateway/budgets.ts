import type { RateLimits } from '../../core/rate-limit.ts'
import { systemClock, type Clock } from './clock.ts'
import { createConnectionBudget, type ConnectionBudget } from './connection-budget.ts'

export type Budgets = ReturnType<typeof createBudgets>

/** Above this, budgets that have nothing to remember are let go. */
const most = 500

/** The budgets of connections, one for each, shared by every app and caller in this process. */
export function createBudgets({ clock = systemClock }: { clock?: Clock } = {}) {
  const known = new Map<string, ConnectionBudget>()
  return {
    clock,
    of(connectionId: string, limits: RateLimits, serviceName: string): ConnectionBudget {
      const found = known.get(connectionId)
      if (found) return found
      if (known.size >= most) for (const [id, budget] of known) if (budget.isIdle()) known.delete(id)
      const made = createConnectionBudget(limits, serviceName, clock)
      known.set(connectionId, made)
      return made
    },
  }
}
