import { ChevronDown, FlaskConical, House, MessageSquare, Moon, Plus, Search, Sun } from 'lucide-react'
import { useApps } from '../app-data.ts'
import { hrefOf, type Route } from '../routes.ts'
import { buttonClass, IconButton } from '../ui/button.tsx'
import { Kbd, keysOf } from '../ui/kbd.tsx'
import { Menu, MenuLabel, MenuLink, MenuSeparator } from '../ui/menu.tsx'
import { useFrame } from './frame-state.ts'
import { Mark } from './mark.tsx'
import { useTheme } from './theme.ts'

export function TitleBar({ route, appName }: { route: Route; appName: string | null }) {
  const setPalette = useFrame(state => state.setPalette)
  const { isDark, setTheme } = useTheme()
  return (
    <header className="grid grid-cols-[1fr_minmax(0,400px)_1fr] items-center gap-4 pr-2 pl-3">
      <div className="flex min-w-0">{route.app ? <AppSwitcher current={route.app} name={appName ?? route.app} /> : <HomeLink />}</div>
      <button
        type="button"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={() => setPalette(true)}
        className="flex h-7 w-full items-center gap-2 rounded-2 bg-[light-dark(#e9e9ee,#1a1a1f)] pr-1 pl-2 text-left text-13 text-ink-2 hover:bg-pressed hover:text-ink"
      >
        <Search className="i-14" />
        <span className="min-w-0 flex-1 truncate">Search or do…</span>
        <Kbd>mod+k</Kbd>
      </button>
      <div className="flex items-center justify-end gap-1">
        <IconButton label={isDark ? 'Use light theme' : 'Use dark theme'} onClick={() => setTheme(isDark ? 'light' : 'dark')}>
          {isDark ? <Sun /> : <Moon />}
        </IconButton>
        {route.app && <ChatToggle appId={route.app} />}
        {route.app && (
          <a
            href={hrefOf({ app: route.app, screen: 'publish' })}
            aria-current={route.screen === 'publish' ? 'page' : undefined}
            className={buttonClass('secondary', 'md', 'aria-[current]:bg-accent-soft aria-[current]:text-accent-text')}
          >
            Publish
          </a>
        )}
      </div>
    </header>
  )
}

function ChatToggle({ appId }: { appId: string }) {
  const open = !useFrame(state => state.chatClosed[appId])
  const toggleChat = useFrame(state => state.toggleChat)
  return (
    <IconButton label={open ? 'Hide chat' : 'Show chat'} keys="mod+j" aria-pressed={open} onClick={() => toggleChat(appId)}>
      <MessageSquare />
    </IconButton>
  )
}

const HomeLink = () => (
  <a href={hrefOf({})} className="flex h-7 items-center gap-2 rounded-2 px-1 pr-2 text-13 font-semibold hover:bg-pressed">
    <Mark />
    Plugboard
  </a>
)

function AppSwitcher({ current, name }: { current: string; name: string }) {
  const { data: apps = [] } = useApps()
  return (
    <Menu
      align="start"
      label="Apps"
      trigger={
        <button
          type="button"
          aria-label={`App: ${name}`}
          title={`Switch app (${keysOf('mod+k')} finds all)`}
          className="flex h-7 min-w-0 items-center gap-2 rounded-2 pr-2 pl-1 text-13 font-semibold hover:bg-pressed data-[state=open]:bg-pressed"
        >
          <Mark />
          <span className="truncate">{name}</span>
          <ChevronDown className="i-12 text-ink-3" />
        </button>
      }
    >
      <MenuLink icon={<House />} href={hrefOf({})}>
        All apps
      </MenuLink>
      <MenuSeparator />
      <MenuLabel>Apps</MenuLabel>
      {apps.map(app => (
        <MenuLink
          key={app.id}
          checked={app.id === current}
          icon={app.isSample ? <FlaskConical /> : undefined}
          href={hrefOf({ app: app.id, screen: 'data' })}
        >
          {app.name}
        </MenuLink>
      ))}
      <MenuSeparator />
      <MenuLink icon={<Plus />} href={hrefOf({})}>
        New app
      </MenuLink>
    </Menu>
  )
}
