import type { CompletionSource, Completion } from '@codemirror/autocomplete'
import type { AppModel } from '../../core/app/model.ts'
import type { ConnectorFacts } from '../app-data.ts'

const recordMethods: Completion[] = [
  { label: 'get', detail: 'one record by its id' },
  { label: 'list', detail: 'records that fit a filter' },
  { label: 'count', detail: 'how many fit a filter' },
  { label: 'create', detail: 'a new record' },
  { label: 'update', detail: 'some fields of a record' },
  { label: 'delete', detail: 'a record by its id' },
].map(method => ({ ...method, type: 'method' }))

/** What may come after `connectors.`, `connectors.slackbot.`, `entities.` and `entities.Ticket.`. */
export function completeFrom(model: Pick<AppModel, 'entities'> | undefined, tools: readonly ConnectorFacts[]): CompletionSource {
  return context => {
    const found = context.matchBefore(/\b(?:connectors|entities)\.(?:\w+\.)?\w*/)
    if (!found) return null
    const [root, name, last] = found.text.split('.')
    const options = last === undefined ? namesOf(root) : membersOf(root, name)
    return options.length > 0 ? { from: found.to - (last ?? name ?? '').length, options, validFor: /^\w*$/ } : null
  }

  function namesOf(root: string | undefined): Completion[] {
    if (root === 'connectors') return tools.map(({ id, name }) => ({ label: id, detail: name, type: 'variable' }))
    return (model?.entities ?? []).map(({ entity }) => ({ label: entity.name, type: 'class' }))
  }

  function membersOf(root: string | undefined, name: string | undefined): Completion[] {
    if (root === 'entities') return recordMethods
    const actions = tools.find(({ id }) => id === name)?.actions ?? []
    return actions.map(({ id, title, does }) => ({ label: id, detail: title, info: does, type: 'function' }))
  }
}
