import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { planLine } from '../planner/plan-line.ts'

const line = z.object({ id: z.string(), prompt: z.string() })
const [input, output] = process.argv.slice(2)

if (!input || !output) {
  process.stderr.write('Usage: npm run plan -- IN.jsonl OUT.jsonl\n')
  process.exit(2)
}

const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
const plans = readFileSync(input, 'utf8')
  .split('\n')
  .filter(text => text.trim() !== '')
  .map((text, at) => {
    const parsed = line.safeParse(parse(text))
    if (parsed.success) return JSON.stringify({ id: parsed.data.id, plan: planLine(parsed.data.prompt, timezone) })
    process.stderr.write(`${input}:${at + 1}: each line is {"id": "…", "prompt": "…"}.\n`)
    process.exit(1)
  })
writeFileSync(output, plans.map(text => `${text}\n`).join(''))

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
