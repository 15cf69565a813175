import { lazy, Suspense, useEffect, type ComponentType, type LazyExoticComponent } from 'react'
import { useAppSignals, useApps, useModel } from '../app-data.ts'
import { ChatPane } from '../chat/chat-pane.tsx'
import { HomeScreen } from '../home/home-screen.tsx'
import { useRoute, type Route, type ScreenName, type ScreenProps } from '../routes.ts'
import { AllowDialog } from '../integrations/allow-dialog.tsx'
import { SettingsScreen } from '../settings/settings-screen.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Toasts } from '../ui/toast.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { VaultDialog } from '../vault/vault-dialog.tsx'
import { Banner } from './banner.tsx'
import { useFrame } from './frame-state.ts'
import { Palette } from './palette.tsx'
import { ScreenGuard } from './screen-guard.tsx'
import { useShortcuts } from './shortcuts.ts'
import { Sidebar } from './sidebar.tsx'
import { StatusLine } from './status-line.tsx'
import { useShownTheme } from './theme.ts'
import { TitleBar } from './title-bar.tsx'

const screens: Record<ScreenName, ComponentType<ScreenProps> | LazyExoticComponent<ComponentType<ScreenProps>>> = {
  data: lazy(async () => ({ default: (await import('../data/screen.tsx')).Screen })),
  functions: lazy(async () => ({ default: (await import('../functions/screen.tsx')).Screen })),
  flows: lazy(async () => ({ default: (await import('../flows/screen.tsx')).Screen })),
  runs: lazy(async () => ({ default: (await import('../runs/screen.tsx')).Screen })),
  integrations: lazy(async () => ({ default: (await import('../integrations/screen.tsx')).Screen })),
  publish: lazy(async () => ({ default: (await import('../publish/screen.tsx')).Screen })),
  settings: SettingsScreen,
}

/** The window: title bar, the open app or home, status line, and what floats above them. */
export function App() {
  const route = useRoute()
  useShownTheme()
  useShortcuts(route)
  const appName = useAppName(route.app)
  useEffect(() => {
    document.title = appName ? `${appName} · Plugboard` : 'Plugboard'
  }, [appName])
  return (
    <TooltipProvider>
      <div className="grid h-full grid-rows-[44px_auto_minmax(0,1fr)_28px] overflow-hidden">
        <TitleBar route={route} appName={appName} />
        <Banner appId={route.app} />
        {route.app ? <OpenApp key={route.app} appId={route.app} route={route} /> : <Bare route={route} />}
        <StatusLine appId={route.app} />
      </div>
      <Palette route={route} appName={appName} />
      <AllowDialog />
      <VaultDialog />
      <Toasts />
    </TooltipProvider>
  )
}

function useAppName(appId: string | null): string | null {
  const { data } = useApps()
  return data?.find(({ id }) => id === appId)?.name ?? appId
}

function Bare({ route }: { route: Route }) {
  return (
    <div className="grid min-h-0 px-2">
      <ScreenGuard key={route.screen}>
        {route.screen === 'settings' ? <SettingsScreen appId={null} path={route.path} /> : <HomeScreen />}
      </ScreenGuard>
    </div>
  )
}

function OpenApp({ appId, route }: { appId: string; route: Route }) {
  useAppSignals(appId)
  const { error } = useModel(appId)
  const chatClosed = useFrame(state => state.chatClosed[appId] ?? false)
  const chatWidth = useFrame(state => state.chatWidth)
  const Screen = screens[route.screen as ScreenName]
  return (
    <div
      className="grid min-h-0 grid-cols-[56px_minmax(0,1fr)_auto] pr-2 wide:grid-cols-[216px_minmax(0,1fr)_auto]"
      style={{ '--chat-width': `min(${chatWidth}px, 36vw)` } as React.CSSProperties}
    >
      <Sidebar appId={appId} route={route} />
      {error ? (
        <Panel>
          <h1 className="sr-only">This app cannot be shown</h1>
          <ErrorScreen error={error} />
        </Panel>
      ) : (
        <ScreenGuard key={route.screen}>
          <Suspense
            fallback={
              <Panel>
                <Skeleton />
              </Panel>
            }
          >
            <Screen appId={appId} path={route.path} />
          </Suspense>
        </ScreenGuard>
      )}
      {!chatClosed && <ChatPane appId={appId} />}
    </div>
  )
}
