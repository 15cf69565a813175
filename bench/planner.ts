import { emptyModel } from '../core/app/model.ts'
import { connectors } from '../connectors/index.ts'
import { connectorFacts } from '../connectors/facts.ts'
import { plan } from '../planner/plan.ts'
import { percentile } from './percentile.ts'

const prompts = [
  'Send me a daily email with my to-do list using Gmail.',
  'Post a message to the Slack #support channel when a new ticket is created.',
  'Sync new records from this app into a Google Sheets spreadsheet.',
  'Every weekday at 8:30 post the open orders to #sales and create a GitHub issue for each overdue one',
  'make me something nice',
]

/** Milliseconds to plan one prompt with the offline planner, after a warm-up. */
export async function run(): Promise<Record<string, number>> {
  const model = emptyModel('bench', '/', 'Bench')
  const context = { model, connectors: Object.values(connectors).map(connectorFacts), timezone: 'Europe/Berlin', now: new Date() }
  const times: number[] = []
  for (let round = 0; round < 220; round++) {
    for (const prompt of prompts) {
      const started = performance.now()
      plan(prompt, context)
      if (round >= 20) times.push(performance.now() - started)
    }
  }
  const long = 'when a new ticket is created post to Slack and '.repeat(2000)
  const started = performance.now()
  plan(long, context)
  const longMs = performance.now() - started
  return { 'ms per prompt p50': percentile(times, 50), 'ms per prompt p99': percentile(times, 99), 'ms for a prompt of 94 kB': longMs }
}
