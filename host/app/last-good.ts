import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { appModel, type AppModel } from '../../core/app/model.ts'

/** What every file said when it last could be used, so that a file damaged while the app was closed does not take its part of the app away. */
export function openLastGood(root: string) {
  const file = join(root, '.plugboard', 'last-good.json')
  let saved = ''

  return {
    async read(): Promise<AppModel | undefined> {
      try {
        return appModel.parse(JSON.parse(await readFile(file, 'utf8')))
      } catch {
        return undefined
      }
    },
    /**
     * An app in a folder that cannot be written still runs: it only forgets. Makes no folder, as that would bring back one that is being
     * deleted at this moment.
     */
    async write(model: AppModel): Promise<void> {
      const text = JSON.stringify({ ...model, problems: [] })
      if (text === saved) return
      try {
        await writeFile(`${file}.tmp`, text, { mode: 0o600 })
        await rename(`${file}.tmp`, file)
        saved = text
      } catch {
        saved = ''
      }
    },
  }
}
