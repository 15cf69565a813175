import { appendFile, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { chatMessage, type ChatMessage } from '../../core/chat.ts'
import { planChoices, type PlanChoices } from '../../core/plan.ts'
import { explainWriteError, writeFileAtomically } from '../../host/files/atomic.ts'

const entry = z.discriminatedUnion('op', [
  z.object({ op: z.literal('put'), message: chatMessage }),
  /** Drops a message and all after it. */
  z.object({ op: z.literal('drop'), id: z.string() }),
  z.object({ op: z.literal('choices'), planId: z.string(), choices: planChoices }),
])
type Entry = z.infer<typeof entry>

export type ChatLog = {
  messages(): ChatMessage[]
  choices(planId: string): PlanChoices | null
  /** Adds a message, or replaces the one with its id. On disk when it returns. */
  put(...messages: ChatMessage[]): Promise<void>
  keepChoices(planId: string, choices: PlanChoices): Promise<void>
  dropFrom(id: string): Promise<void>
  clear(): Promise<void>
}

const rewriteAfter = 400

/**
 * A conversation as an append-only file of JSON lines, one change each. A line that cannot be read (a crash in the middle of a write, an
 * edit by hand) loses itself and nothing else. Rewritten whole, atomically, when it has grown far beyond what it says.
 */
export async function openChatLog(path: string): Promise<ChatLog> {
  let messages = new Map<string, ChatMessage>()
  const choices = new Map<string, PlanChoices>()
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw explainWriteError(error, path)
  })
  let lines = 0
  let torn = text !== '' && !text.endsWith('\n')
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    lines++
    const parsed = entry.safeParse(parse(line))
    if (parsed.success) use(parsed.data)
  }

  function use(change: Entry): void {
    switch (change.op) {
      case 'put':
        messages.set(change.message.id, change.message)
        return
      case 'choices':
        choices.set(change.planId, change.choices)
        return
      case 'drop': {
        const ids = [...messages.keys()]
        const at = ids.indexOf(change.id)
        if (at >= 0) messages = new Map([...messages].slice(0, at))
      }
    }
  }

  async function write(...changes: Entry[]): Promise<void> {
    const added = changes.map(change => `${JSON.stringify(change)}\n`).join('')
    if (lines + changes.length > rewriteAfter + 3 * messages.size) {
      for (const change of changes) use(change)
      await rewrite()
      return
    }
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await appendFile(path, torn ? `\n${added}` : added, { mode: 0o600 })
      await sync(path)
    } catch (error) {
      // Part of the line may be there: the next one starts anew.
      torn = true
      throw explainWriteError(error, path)
    }
    torn = false
    lines += changes.length
    for (const change of changes) use(change)
  }

  async function rewrite(): Promise<void> {
    const kept: Entry[] = [
      ...[...messages.values()].map(message => ({ op: 'put' as const, message })),
      ...[...choices]
        .filter(([planId]) => messages.has(planId))
        .map(([planId, chosen]) => ({ op: 'choices' as const, planId, choices: chosen })),
    ]
    await writeFileAtomically(path, kept.map(change => `${JSON.stringify(change)}\n`).join(''))
    lines = kept.length
    torn = false
  }

  return {
    messages: () => [...messages.values()],
    choices: planId => choices.get(planId) ?? null,
    put: (...added) => write(...added.map(message => ({ op: 'put' as const, message }))),
    keepChoices: (planId, chosen) => write({ op: 'choices', planId, choices: chosen }),
    dropFrom: id => write({ op: 'drop', id }),
    async clear() {
      messages.clear()
      choices.clear()
      await rewrite()
    },
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
