import { useInfo } from '../app-data.ts'
import { useTheme, type Theme } from '../frame/theme.ts'
import { Panel, PanelBody, PanelHead } from '../ui/panel.tsx'
import { Segmented } from '../ui/tabs.tsx'
import { AppSettings } from './app-settings.tsx'
import { OAuthClients } from './oauth-clients.tsx'
import { RelaySettings } from './relay-settings.tsx'
import { Section, SettingRow } from './section.tsx'
import { VaultSettings } from './vault-settings.tsx'

/** Settings of Plugboard, after those of the open app. `path` names the section to show, and what is open in it. */
export function SettingsScreen({ appId, path: [section, part] }: { appId: string | null; path: string[] }) {
  return (
    <Panel>
      <PanelHead title="Settings" />
      <PanelBody className="block">
        <div className="mx-auto max-w-170 space-y-8 px-6 py-8">
          {appId && <AppSettings appId={appId} />}
          <Section
            id="relay"
            title="Relay"
            chosen={section}
            note="A server of your own that runs what you publish, and keeps the accounts that published apps work with."
          >
            <RelaySettings />
          </Section>
          <Section id="theme" title="Appearance" chosen={section}>
            <ThemeSetting />
          </Section>
          <Section id="vault" title="Sign-ins" chosen={section}>
            <VaultSettings />
          </Section>
          <Section
            id="clients"
            title="Own OAuth clients"
            chosen={section}
            note="To sign in with a real account, a tool has to know Plugboard. Register it there once and paste what you get."
          >
            <OAuthClients key={part} chosen={part} />
          </Section>
          <Section id="about" title="About" chosen={section}>
            <About />
          </Section>
        </div>
      </PanelBody>
    </Panel>
  )
}

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
      <SettingRow
        title="Plugboard"
        note={info ? `Version ${info.version}, ${info.shell === 'electron' ? 'as an app' : 'in the browser'} on ${info.platform}` : ' '}
      />
      <SettingRow title="Where things are" note={info ? <code>{info.home}</code> : ' '} />
      <SettingRow
        title="What leaves this computer"
        note="Only calls to the tools you connect. Plugboard itself sends nothing, and loads nothing from the internet."
      />
    </>
  )
}
