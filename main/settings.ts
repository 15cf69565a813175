import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomically } from '../host/files/atomic.ts'

const theme = z.enum(['system', 'light', 'dark'])
const settingsFile = z.looseObject({ theme: theme.catch('system').default('system') })
export type Theme = z.infer<typeof theme>
export type Settings = ReturnType<typeof createSettings>

/** `settings.json` in the home directory: what the user chose for this machine. Keys of a newer version are kept; a damaged file counts as empty. */
export function createSettings(home: string) {
  const file = join(home, 'settings.json')

  async function read(): Promise<z.infer<typeof settingsFile>> {
    const text = await readFile(file, 'utf8').catch(() => '{}')
    return settingsFile.catch({ theme: 'system' }).parse(parseJson(text))
  }

  return {
    get: async () => ({ theme: (await read()).theme }),
    setTheme: async (theme: Theme) => writeFileAtomically(file, `${JSON.stringify({ ...(await read()), theme }, null, 2)}\n`),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
