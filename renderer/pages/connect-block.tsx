import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Check, ExternalLink, LogIn, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { Disconnected, OwnConnection } from '../../core/contract/own-connections.ts'
import type { AppError } from '../../core/errors.ts'
import type { ConnectAccountBlock } from '../../core/app/page.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Card, Note } from '../ui/card.tsx'
import { StateChip } from '../ui/chip.tsx'
import { Switch } from '../ui/choice.tsx'
import { ConnectFields } from '../ui/connect-fields.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.tsx'
import { usePages } from './api.ts'

const key = ['connections']

/** Where a user connects an account of their own: as whom, what it may do, and which flows may use it while nobody looks. */
export function ConnectBlock({ block }: { block: ConnectAccountBlock }) {
  const { api, connectors, user, signInHref } = usePages()
  const tool = connectors.find(({ connector }) => connector === block.connector)
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.connections.list(signal),
    enabled: user !== null,
    // Accounts are connected, and OAuth clients made, in other windows.
    refetchOnWindowFocus: 'always',
  })
  const found = data?.find(({ connector }) => connector === block.connector)
  if (!user)
    return (
      <Frame block={block} name={tool?.name ?? null} icon={tool?.icon}>
        <p className="text-13 text-ink-2">Sign in, then connect an account of your own. Nobody else who uses this app can act with it.</p>
        <a href={signInHref()} className={buttonClass('secondary', 'md', 'mt-4')}>
          <LogIn className="i-14" />
          Sign in to connect it
        </a>
      </Frame>
    )
  if (error && !data) return <ErrorNote className="max-w-140" error={error} onRetry={() => void refetch()} />
  if (!data)
    return (
      <Frame block={block} name={tool?.name ?? null} icon={tool?.icon}>
        <Skeleton rows={2} className="" />
      </Frame>
    )
  if (!found)
    return (
      <Frame block={block} name={null}>
        <p className="text-13 text-ink-2">This app does not use such an account any more.</p>
      </Frame>
    )
  return <OwnAccount block={block} connection={found} />
}

function OwnAccount({ block, connection }: { block: ConnectAccountBlock; connection: OwnConnection }) {
  const { api } = usePages()
  const client = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const [asksFields, setAsksFields] = useState(false)
  const { connector, name, icon, state, practice, account, reason, scopes, flows, fields, missing } = connection
  const refresh = () => client.invalidateQueries({ queryKey: key })
  const connect = useMutation<void, AppError, Record<string, string>>({
    mutationFn: async answers => location.assign((await api.connections.connect(connector, answers)).authorizationUrl),
  })
  const disconnect = useMutation<Disconnected, AppError>({
    mutationFn: () => api.connections.disconnect(connector),
    onSuccess: async () => {
      await refresh()
      setAsking(false)
    },
  })
  const agree = useMutation<void, AppError, { flow: string; agreed: boolean }>({
    mutationFn: ({ flow, agreed }) => api.connections.agree(connector, flow, agreed),
    onSettled: refresh,
    onError: error => toast.error(error),
  })
  const isConnected = state !== 'disconnected'
  const isLost = state === 'needs_reconnect'
  const isShut = !isConnected && missing !== null
  return (
    <Frame block={block} name={name} icon={icon} chip={isConnected && <StateChip state={state} practice={practice} />}>
      {isConnected && account && (
        <p className="text-13">
          Connected as <b className="font-medium">{account.label}</b>
        </p>
      )}
      {!isConnected && (
        <p className="text-13 text-ink-2">
          {block.text ?? 'Connect it so that this app can act for you. Nobody else who uses the app can act with your account.'}
        </p>
      )}
      {!isConnected && disconnect.data && <Ended tool={name} {...disconnect.data} />}
      {isLost && <p className="mt-1 text-13 text-bad-text">{reason ?? `${name} no longer lets this app in.`}</p>}
      {!isShut && scopes.length > 0 && (
        <>
          <h3 className="mt-4 text-12 font-medium text-ink-3">{isConnected ? 'It may' : 'It will be able to'}</h3>
          <ul className="mt-1 space-y-1">
            {scopes.map(words => (
              <li key={words} className="flex items-start gap-2 text-13">
                <Check className="mt-0.5 i-14 text-ok-text" />
                <span className="min-w-0 flex-1">{words}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {!isShut && flows.length > 0 && (
        <>
          <h3 className="mt-4 text-12 font-medium text-ink-3">While you are away</h3>
          <ul className="mt-1">
            {flows.map(({ flow, title, agreed }) => {
              const isOn = agree.isPending && agree.variables.flow === flow ? agree.variables.agreed : agreed
              return (
                <li key={flow} className="flex min-h-8 items-center gap-3 text-13">
                  <span className="min-w-0 flex-1">{`“${title}” ${isOn ? 'acts with your account' : 'leaves your account alone'}`}</span>
                  <Switch
                    label={`Let “${title}” act with my account`}
                    checked={isOn}
                    onChange={next => agree.mutate({ flow, agreed: next })}
                  />
                </li>
              )
            })}
          </ul>
        </>
      )}
      {missing && (
        <Note
          tone="warn"
          icon={<TriangleAlert />}
          className="mt-4 flex-wrap"
          action={missing.mendUrl && <Leave href={missing.mendUrl}>Set it up on the relay</Leave>}
        >
          <p className="text-pretty">{missing.message}</p>
        </Note>
      )}
      {connect.error && <ErrorNote className="mt-4" error={connect.error} onRetry={() => connect.mutate(connect.variables)} />}
      {asksFields ? (
        <div className="mt-4 border-t border-line pt-4">
          <ConnectFields
            tool={connection}
            onConnect={answers => {
              setAsksFields(false)
              connect.mutate(answers)
            }}
            onCancel={() => setAsksFields(false)}
          />
        </div>
      ) : (
        <div className="mt-4 flex flex-wrap gap-2 empty:hidden">
          {(!isConnected || isLost) && !missing && (
            <Button kind="primary" busy={connect.isPending} onClick={() => (fields.length > 0 ? setAsksFields(true) : connect.mutate({}))}>
              {isLost ? `Reconnect ${name}` : `Connect ${name}`}
            </Button>
          )}
          {isConnected && <Button onClick={() => setAsking(true)}>Disconnect</Button>}
        </div>
      )}
      <ConfirmDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={`Disconnect ${name}?`}
        text="The app forgets your account. What it does with it stops at once; you can connect it again at any time."
        confirm="Disconnect"
        busy={disconnect.isPending}
        error={disconnect.error}
        onConfirm={() => disconnect.mutate()}
      />
    </Frame>
  )
}

/** What became of the access, and where the rest is done by hand if there is a rest. */
const Ended = ({ tool, message, accountPageUrl }: Disconnected & { tool: string }) => (
  <Note
    icon={accountPageUrl ? <TriangleAlert /> : <Check className="text-ok-text" />}
    className="mt-4 flex-wrap"
    action={accountPageUrl && <Leave href={accountPageUrl}>Your account at {tool}</Leave>}
  >
    <p role="status" className="text-pretty">
      {message}
    </p>
  </Note>
)

const Leave = ({ href, children }: { href: string; children: React.ReactNode }) => (
  <a href={href} data-leaves target="_blank" rel="noopener" className={buttonClass('secondary', 'sm', 'text-ink')}>
    {children}
    <ExternalLink className="i-14" />
  </a>
)

function Frame({
  block,
  name,
  icon = '',
  chip,
  children,
}: {
  block: ConnectAccountBlock
  name: string | null
  icon?: string | undefined
  chip?: React.ReactNode
  children: React.ReactNode
}) {
  const title = block.title ?? (name === null ? 'An account of your own' : `Your ${name}`)
  return (
    <Card role="region" aria-label={title} className="max-w-140 p-5">
      <div className="mb-3 flex items-center gap-3">
        <ConnectorIcon icon={icon} name={name ?? block.connector} />
        <h2 className="min-w-0 flex-1 text-16 font-semibold wrap-anywhere">{title}</h2>
        {chip}
      </div>
      {children}
    </Card>
  )
}
