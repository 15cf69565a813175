import { understand } from './understand.ts'

/** A plan in the form of the evaluation sets: connectors and steps by name, whether or not they can run here. */
export function planLine(prompt: string, timezone: string) {
  const reading = understand(prompt)
  if (reading.outcome === 'clarify') return { outcome: 'clarify', connectors: reading.connectors }
  if (reading.outcome === 'unsupported') return { outcome: 'unsupported', connectors: reading.connectors, unsupported: reading.unsupported }
  const { trigger } = reading
  return {
    outcome: 'plan',
    connectors: reading.connectors,
    mode: reading.connectors.length > 0 ? reading.mode : null,
    trigger:
      trigger.kind === 'schedule'
        ? { kind: 'schedule', cron: trigger.cron, tz: trigger.timezone ?? timezone }
        : trigger.kind === 'record'
          ? { kind: 'record', entity: trigger.entity ?? 'Record', event: trigger.event }
          : trigger,
    actions: reading.actions,
    pages: reading.pages.map(kind => ({ kind })),
    entities: reading.entities.map(name => ({ name })),
  }
}
