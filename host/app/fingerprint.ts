import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { appFolders, configFiles } from './folder.ts'

export const maxLevels = 10

/** Whether something at these names below the root can change the model. Everything else is not watched, however large it is. */
export function isOfApp(names: readonly string[]): boolean {
  if (names.some(name => name.startsWith('.') || name === 'node_modules')) return false
  const [top = ''] = names[0] === 'base44' ? names.slice(1) : names
  return top === '' || [...appFolders, ...configFiles].some(name => name === top)
}

/** Changes whenever a file of the app does: sizes and times of all of them. A folder that is not there has one too. */
export async function fingerprint(root: string): Promise<string> {
  const marks: string[] = []
  await visit([])
  return marks.sort().join('\n')

  async function visit(above: readonly string[]): Promise<void> {
    const entries = await readdir(join(root, ...above), { withFileTypes: true }).catch(() => null)
    if (entries === null) marks.push(`${above.join('/')} is not there`)
    await Promise.all(
      (entries ?? []).map(async entry => {
        const names = [...above, entry.name]
        if (!isOfApp(names)) return
        const info = entry.isDirectory() ? null : await lstat(join(root, ...names), { bigint: true }).catch(() => null)
        marks.push(info ? `${names.join('/')} ${info.size} ${info.mtimeNs} ${info.ino}` : names.join('/'))
        if (entry.isDirectory() && names.length < maxLevels) await visit(names)
      }),
    )
  }
}
