import type { Entity } from '../../core/app/entity.ts'
import type { Filter } from './filter.ts'

/** What can be done with a record. */
export type Act = 'create' | 'read' | 'update' | 'delete'

/**
 * Which records somebody may touch. An update is checked on the record as it was and as it would be. What may
 * not be read is not there.
 */
export type Access = { may(act: Act, entity: Entity): Filter }
