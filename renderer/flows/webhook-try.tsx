import { Play } from 'lucide-react'
import { useState } from 'react'
import type { HookDetails } from '../../core/contract/hooks.ts'
import type { Json } from '../../core/json.ts'
import type { FlowSummary } from '../app-data.ts'
import { client } from '../client.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Field, Textarea } from '../ui/input.tsx'
import { useRunFlow } from './flow-acts.ts'
import { Fact } from './side-panel.tsx'

const rows = { least: 4, most: 12 }

/** Runs the flow on this computer with a body to try it with, or copies the command that sends that body to the relay. */
export function WebhookTry({
  appId,
  summary,
  example,
  hook,
}: {
  appId: string
  summary: FlowSummary
  example: Json
  hook: HookDetails | null
}) {
  const [text, setText] = useState(() => JSON.stringify(example, null, 2))
  const body = read(text)
  const run = useRunFlow(appId, summary)
  return (
    <Fact label="Try it">
      <Field
        label="Body of a request"
        error={body === undefined ? 'This is not JSON yet.' : null}
        hint="The flow finds it in .trigger.data."
      >
        {ids => (
          <Textarea
            {...ids}
            bad={body === undefined}
            value={text}
            rows={Math.min(rows.most, Math.max(rows.least, text.split('\n').length))}
            onChange={event => setText(event.target.value)}
            className="font-mono text-12"
          />
        )}
      </Field>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button
          size="sm"
          icon={<Play />}
          busy={run.isPending}
          disabled={body === undefined}
          onClick={() => body !== undefined && run.mutate(body)}
        >
          Run it here
        </Button>
        {hook?.hasSecret && (
          <CopyButton
            text={async () => (await client.webhooks.testCommand({ appId, name: hook.name, body: body ?? {} })).command}
            what="test command"
            word="Copy test command"
            disabled={body === undefined}
          />
        )}
      </div>
      <p className="mt-2 text-12 text-pretty text-ink-3">
        “Run it here” works on this computer, without the relay.{hook?.hasSecret && ` ${commandWords[hook.source]}`}
      </p>
    </Fact>
  )
}

const signed = 'The command sends it to the relay with curl, signed.'
const short = `${signed} It holds for five minutes.`
const commandWords: Record<HookDetails['source'], string> = {
  any: 'The command sends it to the relay with curl, and has the secret in it.',
  hmac: signed,
  github: signed,
  standard: short,
  slack: short,
  stripe: short,
}

/** Undefined for what is no JSON. */
function read(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
