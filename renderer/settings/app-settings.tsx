import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { keys, useApps } from '../app-data.ts'
import { client } from '../client.ts'
import { RemoveDialog, RenameDialog } from '../home/app-dialogs.tsx'
import { useAct, useCall } from '../query.ts'
import { go } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toast } from '../ui/toast.tsx'
import { Section, SettingRow } from './section.tsx'

/** Name, folder and history of the open app. */
export function AppSettings({ appId }: { appId: string }) {
  const app = useApps().data?.find(({ id }) => id === appId)
  const [dialog, setDialog] = useState<'rename' | 'remove' | null>(null)
  if (!app) return null
  return (
    <>
      <Section id="app" title="This app">
        <SettingRow title={app.name} note={<code className="break-all">{app.path}</code>}>
          <Button size="sm" onClick={() => setDialog('rename')}>
            Rename
          </Button>
        </SettingRow>
        <SettingRow
          title="Remove this app"
          note="Its flows stop. The folder goes to the trash of your home folder, or stays if it was opened from elsewhere."
        >
          <Button size="sm" kind="danger" onClick={() => setDialog('remove')}>
            Remove…
          </Button>
        </SettingRow>
      </Section>
      <Changes appId={appId} />
      {dialog === 'rename' && <RenameDialog app={app} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && <RemoveDialog app={app} onClose={() => setDialog(null)} onRemoved={() => go({})} />}
    </>
  )
}

const makers = { chat: 'by the chat', you: 'by you', outside: 'outside of Plugboard', undo: 'by Undo' }
const shown = 12

/** What has changed in the app's files, each with its way back. */
function Changes({ appId }: { appId: string }) {
  const { data } = useCall(keys.history(appId), () => client.apps.history({ appId }))
  const undo = useAct((changeId: string) => client.apps.undo({ appId, changeId }), {
    refresh: [keys.history(appId)],
    done: ({ title }) => toast.say(title ? `Undone: ${title}` : 'There was nothing to undo.'),
  })
  const changes = data?.changes ?? []
  if (changes.length === 0) return null
  return (
    <Section id="changes" title="Changes">
      {changes.slice(0, shown).map(change => (
        <SettingRow
          key={change.id}
          title={change.title}
          note={
            <>
              <RelativeTime at={change.at} /> {makers[change.by]} ·{' '}
              {change.files.length === 1 ? change.files[0] : `${change.files.length} files`}
            </>
          }
        >
          {change.undoable && (
            <Button
              size="sm"
              icon={<Undo2 />}
              aria-label={`Undo ${change.title}`}
              busy={undo.isPending && undo.variables === change.id}
              onClick={() => undo.mutate(change.id)}
            >
              Undo
            </Button>
          )}
        </SettingRow>
      ))}
    </Section>
  )
}
