/** `npm run practice`: practice accounts as a service of their own, for desktops and relays of this machine. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { openDoor } from './door.ts'

const settings = z.object({
  /** Where the door is. `0` takes any free port. */
  PRACTICE_PORT: z.coerce.number().int().min(0).max(65_535).default(4850),
  /** The folder of the accounts. */
  PRACTICE_DATA: z.string().min(1).default(join(homedir(), '.plugboard-practice')),
})

const report = (problem: string): void => void process.stderr.write(`${new Date().toISOString()} practice ${problem}\n`)

async function serve(): Promise<void> {
  const parsed = settings.safeParse(process.env)
  if (!parsed.success)
    throw new AppError('validation', `${String(parsed.error.issues[0]?.path[0])} cannot be used. Correct it and start again.`)
  const { PRACTICE_PORT: port, PRACTICE_DATA: folder } = parsed.data
  const { url } = await openDoor({ folder: resolve(folder), port, report })
  process.stdout.write(
    `Practice accounts are at ${url}\nUse them with PLUGBOARD_PRACTICE_URL=${url} for a desktop, RELAY_PRACTICE_URL=${url} for a relay.\n`,
  )
}

// Every change is on the disk before it is answered: nothing is left to do.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))

serve().catch((error: unknown) => {
  process.stderr.write(`${AppError.from(error).message}\n`)
  process.exit(1)
})
