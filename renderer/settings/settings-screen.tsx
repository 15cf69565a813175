import { useEffect, useRef, type ReactNode } from 'react'
import { useInfo } from '../app-data.ts'
import { useTheme, type Theme } from '../frame/theme.ts'
import { Card } from '../ui/card.tsx'
import { Panel, PanelBody, PanelHead } from '../ui/panel.tsx'
import { Segmented } from '../ui/tabs.tsx'
import { AppSettings } from './app-settings.tsx'
import { OAuthClients } from './oauth-clients.tsx'
import { VaultSettings } from './vault-settings.tsx'

/** Settings of Plugboard, after those of the open app. `path[0]` names the section to show. */
export function SettingsScreen({ appId, path: [section] }: { appId: string | null; path: string[] }) {
  return (
    <Panel>
      <PanelHead title="Settings" />
      <PanelBody className="block">
        <div className="mx-auto max-w-170 space-y-8 px-6 py-8">
          {appId && <AppSettings appId={appId} />}
          <Section id="theme" title="Appearance" chosen={section}>
            <ThemeSetting />
          </Section>
          <Section id="vault" title="Sign-ins" chosen={section}>
            <VaultSettings />
          </Section>
          <Section id="clients" title="Own OAuth clients" chosen={section} note="To sign in with a real account, a tool has to know Plugboard. Register it there once and paste what you get.">
            <OAuthClients />
          </Section>
          <Section id="about" title="About" chosen={section}>
            <About />
          </Section>
        </div>
      </PanelBody>
    </Panel>
  )
}

export function Section({ id, title, note, chosen, children }: { id: string; title: string; note?: string; chosen?: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (chosen !== id) return
    heading.current?.scrollIntoView({ block: 'start' })
    heading.current?.focus({ preventScroll: true })
  }, [chosen, id])
  return (
    <section aria-labelledby={`settings-${id}`}>
      <h2 ref={heading} id={`settings-${id}`} tabIndex={-1} className="scroll-mt-6 rounded-1 text-13 font-semibold outline-none">
        {title}
      </h2>
      {note && <p className="mt-0.5 text-13 text-pretty text-ink-2">{note}</p>}
      <Card className="mt-2">{children}</Card>
    </section>
  )
}

/** One setting: what it is on the left, its control on the right. */
export const SettingRow = ({ title, note, children }: { title: ReactNode; note?: ReactNode; children?: ReactNode }) => (
  <div className="flex min-h-13 items-center gap-4 border-b border-line px-4 py-2.5 last:border-0">
    <div className="min-w-0 flex-1">
      <p className="text-13 font-medium">{title}</p>
      {note && <p className="text-12 break-words text-ink-3">{note}</p>}
    </div>
    {children}
  </div>
)

const themes: { value: Theme; title: string }[] = [
  { value: 'system', title: 'System' },
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
]

function ThemeSetting() {
  const { theme, setTheme } = useTheme()
  return (
    <SettingRow title="Theme" note="System follows what this computer is set to.">
      <Segmented label="Theme" value={theme} onChange={setTheme} options={themes} />
    </SettingRow>
  )
}

function About() {
  const { data: info } = useInfo()
  return (
    <>
      <SettingRow title="Plugboard" note={info ? `Version ${info.version}, ${info.shell === 'electron' ? 'as an app' : 'in the browser'} on ${info.platform}` : ' '} />
      <SettingRow title="Where things are" note={info ? <code>{info.home}</code> : ' '} />
      <SettingRow title="What leaves this computer" note="Only calls to the tools you connect. Plugboard itself sends nothing, and loads nothing from the internet." />
    </>
  )
}
