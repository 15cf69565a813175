import { z } from 'zod'
import { connectorFile } from './connector-file.ts'
import { appConfig } from './config.ts'
import { entity } from './entity.ts'
import { flow } from './flow.ts'
import { functionConfig } from './function.ts'
import { page } from './page.ts'

/** A file that cannot be used as it stands. The last good version of it keeps running. `line` and `column` count from 1. */
export const problem = z.object({
  path: z.string(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  message: z.string(),
})
export type Problem = z.infer<typeof problem>

/** What an app's folder says, parsed. `file` paths are relative to the app's root, with `/`. */
export const appModel = z.object({
  id: z.string(),
  path: z.string(),
  config: appConfig,
  entities: z.array(z.object({ file: z.string(), entity })),
  /** `uses`: the connector actions its source names, as `connectors.<connector>.<action>(`. */
  functions: z.array(
    z.object({
      name: z.string(),
      file: z.string(),
      config: functionConfig,
      uses: z.array(z.object({ connector: z.string(), action: z.string() })),
    }),
  ),
  flows: z.array(z.object({ name: z.string(), file: z.string(), flow })),
  connectors: z.array(z.object({ file: z.string(), connector: connectorFile })),
  /** In the order in which the app shows them. */
  pages: z.array(z.object({ file: z.string(), page })).default([]),
  problems: z.array(problem),
})
export type AppModel = z.infer<typeof appModel>

/** An app in which there is nothing yet. */
export const emptyModel = (id: string, path: string, name: string): AppModel => ({
  id,
  path,
  config: { name },
  entities: [],
  functions: [],
  flows: [],
  connectors: [],
  pages: [],
  problems: [],
})
