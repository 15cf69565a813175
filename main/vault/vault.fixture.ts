import { z } from 'zod'
import { openVault } from './vault.ts'

/**
 * Opens the vault of a home directory in a process of its own and does what its argument says, one line of JSON per answer:
 * `node vault.fixture.ts HOME '[["write","id","value"],["read","id"],["status"]]'`.
 */
const [home = '', text = '[]'] = process.argv.slice(2)
const steps = z
  .array(z.tuple([z.enum(['status', 'read', 'write', 'writeForever', 'usePassphrase', 'useSession', 'unlock'])], z.string()))
  .parse(JSON.parse(text))
const say = (answer: unknown) => process.stdout.write(`${JSON.stringify(answer ?? null)}\n`)

const vault = await openVault({ home })
for (const [name, first = '', second = ''] of steps) {
  try {
    if (name === 'writeForever') await writeForever(first)
    else if (name === 'write') say(await vault.write(first, second))
    else if (name === 'read') say(await vault.read(first))
    else if (name === 'status') say(vault.status())
    else if (name === 'useSession') say(await vault.useSession())
    else say(await vault[name](first))
  } catch (error) {
    say({ error })
  }
}

/** Writes 0, 1, 2 … to one record, and says each number once it is safe. */
async function writeForever(id: string): Promise<never> {
  for (let count = 0; ; count += 1) {
    await vault.write(id, `${count} ${'x'.repeat(100_000)}`)
    say(count)
  }
}
