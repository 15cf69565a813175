import type { Plan } from '../../core/plan.ts'
import { plural } from '../language/words.ts'
import { serviceById } from '../vocabulary/services.ts'
import type { Blueprint } from './blueprint.ts'
import { wordsOfName } from './entity-file.ts'
import { hookNoun } from './hook-source.ts'
import { listQuery } from './own-records.ts'

/** What it does in one sentence, for the function and its flow. */
export function sentenceOf({ writes, reads, made, entity }: Blueprint, trigger: Plan['trigger']): string {
  const noun = entity ? wordsOfName(entity.entity.name) : ''
  const what =
    trigger.kind === 'record'
      ? trigger.condition
        ? `each ${noun} that becomes ${trigger.condition.value}`
        : `each ${trigger.event === 'created' ? 'new' : trigger.event} ${noun}`
      : trigger.kind === 'webhook' && reads.length === 0
        ? `${made[0] ? `the ${wordsOfName(made[0].entity.name)} of ` : ''}each ${hookNoun(trigger)}`
        : entity
          ? `the ${listQuery(entity.entity).includes('$ne') ? 'open ' : ''}${plural(noun)}`
          : reads[0]
            ? `the ${plural(reads[0].action.object)} from ${serviceById.get(reads[0].recipe.connector)?.name.replace(/ (?:Bot|User)$/, '') ?? 'Slack'}`
            : 'a note'
  const does: Record<string, string> = {
    sendEmail: `Emails ${what}`,
    createDraft: `Writes a draft about ${what}`,
    postMessage: `Posts ${what} to Slack`,
    sendDirectMessage: `Sends ${what} as a direct message`,
    appendRow: `Adds ${what} to a spreadsheet`,
    createEvent: `Puts ${what} in the calendar`,
    uploadFile: `Saves ${what} to Drive`,
    createIssue: `Reports ${what} as an issue`,
    setStatus: `Shows ${what} as your status`,
  }
  const parts = [
    ...writes.map(({ recipe }) => does[recipe.action] ?? ''),
    ...made.map(target => {
      if (trigger.kind !== 'webhook') return `Adds ${plural(wordsOfName(target.entity.name))}`
      return writes.length > 0 ? 'Adds it' : `Adds ${what}`
    }),
  ].filter(Boolean)
  const [first = 'Runs on request', ...rest] = parts
  return `${[first, ...rest.map(part => part.charAt(0).toLowerCase() + part.slice(1))].join(', then ').replaceAll('*/', '')}.`
}
