import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../built.ts'

const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fuseSchema = 1
const fuseCount = 9

/** What electron-builder takes for an unpacked Electron: no program, but the bytes in which fuses are set, and the files around it. */
export async function writeStandInDistribution(folder: string): Promise<void> {
  await mkdir(join(folder, 'locales'), { recursive: true })
  const wire = Buffer.concat([Buffer.from(fuseSentinel), Buffer.from([fuseSchema, fuseCount]), Buffer.alloc(fuseCount, '0')])
  await writeFile(join(folder, 'electron'), Buffer.concat([Buffer.from('no program\n'), wire, Buffer.from('\n')]), { mode: 0o755 })
  await writeFile(join(folder, 'version'), '45.4.1')
  await writeFile(join(folder, 'chrome-sandbox'), '', { mode: 0o755 })
  await writeFile(join(folder, 'locales', 'en-US.pak'), '')
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) await cp(join(root, 'LICENSE'), join(folder, name))
}
