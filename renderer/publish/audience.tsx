import { visibilityOf, type Visibility } from '../../core/app/visibility.ts'
import { keys, useModel } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { SectionTitle } from '../ui/card.tsx'
import { Select } from '../ui/choice.tsx'

const audiences: Record<Visibility, { title: string; text: string }> = {
  workspace: { title: 'Members of the workspace', text: 'They get in with their account on the relay.' },
  private: { title: 'People who are invited', text: 'You invite them by e-mail on the relay’s page of the app.' },
  public: { title: 'Anyone', text: 'Everyone may look, unless the data has rules; whoever signs up may add and change.' },
}

/** Who may use the app: a choice in its files, which counts once they are published. */
export function Audience({ appId }: { appId: string }) {
  const model = useModel(appId).data
  const choose = useAct((visibility: Visibility) => client.apps.setVisibility({ appId, visibility }), {
    refresh: [keys.publishPreview(appId)],
  })
  if (!model) return null
  const current = choose.isPending ? choose.variables : visibilityOf(model.config)
  return (
    <section>
      <SectionTitle>Who may use it</SectionTitle>
      <Select
        className="mt-3"
        aria-label="Who may use it"
        value={current}
        onChange={event => choose.mutate(event.target.value as Visibility)}
      >
        {Object.entries(audiences).map(([value, { title }]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </Select>
      <p className="mt-2 text-12 text-ink-3">{audiences[current].text}</p>
    </section>
  )
}
