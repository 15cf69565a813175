import { ExternalLink } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Countdown } from '../ui/countdown.tsx'
import { Spinner } from '../ui/progress.tsx'
import type { Progress } from './attempts.ts'
import { openExternal } from './practice.ts'

type Code = Extract<Progress, { phase: 'code' }>['code']

/** Sign-in without a redirect (RFC 8628): the code to type on the provider's page, the way there, and how long it is good for. */
export function DeviceCode({ code, onCancel }: { code: Code; onCancel: () => void }) {
  const { host, pathname } = new URL(code.verificationUri)
  return (
    <div role="group" aria-label="Code for the sign-in" className="rounded-2 border border-line bg-sunken p-3">
      <p className="text-13 text-pretty text-ink-2">
        Enter this code at <b className="font-medium wrap-anywhere text-ink">{host + pathname.replace(/\/$/, '')}</b>
      </p>
      <p role="status" aria-label={`The code is ${[...code.userCode].join(' ')}`} className="my-2 flex items-center gap-2">
        <code className="text-[26px] leading-9 font-medium tracking-[0.12em] select-all">{code.userCode}</code>
        <CopyButton text={code.userCode} what="the code" />
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" kind="primary" onClick={() => void openExternal(code.verificationUriComplete ?? code.verificationUri)}>
          Open {host}
          <ExternalLink />
        </Button>
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <span className="ml-auto flex items-center gap-1.5 text-12 text-ink-3">
          <Spinner className="size-2.5 border-[1.5px]" /> Good for <Countdown until={code.expiresAt} />
        </span>
      </div>
    </div>
  )
}
