import { page } from '../../core/app/page.ts'
import type { AppModel } from '../../core/app/model.ts'
import { byPath } from '../../core/release/manifest.ts'
import { sha256Of } from '../../host/files/release-folder.ts'
import { pageFiles } from '../../planner/changes/page-files.ts'
import type { Side } from '../../host/app/release-changes.ts'

export type PageFile = ReturnType<typeof pageFiles>[number]

/** The pages that an app gets by being published, because it has none. A page that cannot be read is one all the same. */
export function firstPages({ pages, problems, ...model }: AppModel): PageFile[] {
  const hasPages = pages.length > 0 || problems.some(({ path }) => /^(?:base44\/)?pages\//.test(path))
  return hasPages ? [] : pageFiles({ ...model, pages, problems })
}

/** An app as it will be with its first pages: what is shown before anything is written. */
export function withPages({ model, files, read }: Side, added: readonly PageFile[]): Side {
  const texts = new Map(added.map(({ path, text }) => [path, text]))
  const entries = added.map(({ path, text }) => {
    const bytes = new TextEncoder().encode(text)
    return { path, sha256: sha256Of(bytes), size: bytes.length, mode: '100644' as const }
  })
  return {
    model: { ...model, pages: [...model.pages, ...added.map(({ path, text }) => ({ file: path, page: page.parse(JSON.parse(text)) }))] },
    files: [...files, ...entries].sort(byPath),
    read: async path => texts.get(path) ?? read(path),
  }
}
