import { loadApp } from '../../host/app/load.ts'
import { scanFiles } from './history/worktree.ts'

export type AppFacts = {
  id: string
  name: string
  path: string
  isSample: boolean
  /** Ids of the connectors it uses. */
  connectors: string[]
  /** When a file of it last changed, ISO time. */
  updatedAt: string
  /** How many problems its files have. */
  problems: number
}

/** What Home shows of an app, read from its files. Never throws: an app that cannot be read is shown with its problem. */
export async function summarize(id: string, path: string): Promise<AppFacts> {
  const model = await loadApp(id, path)
  const files = await scanFiles(path).catch(() => new Map<string, { modifiedMs: number }>())
  const latest = Math.max(0, ...Array.from(files.values(), ({ modifiedMs }) => modifiedMs))
  const own = model.config['x-plugboard']
  return {
    id,
    name: model.config.name,
    path,
    isSample: typeof own === 'object' && own !== null && 'sample' in own && own.sample === true,
    connectors: model.connectors.map(({ connector }) => connector.type),
    updatedAt: new Date(latest).toISOString(),
    problems: model.problems.length,
  }
}
