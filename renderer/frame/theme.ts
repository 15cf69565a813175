import { useEffect } from 'react'
import { client } from '../client.ts'
import { keys, useSettings } from '../app-data.ts'
import { queryClient, useAct } from '../query.ts'

export type Theme = 'system' | 'light' | 'dark'
const storedName = 'plugboard.theme'

/** Shows a theme; remembered, so that the next start does not flash the other one before main has answered. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  localStorage.setItem(storedName, theme)
}

export function showLastTheme(): void {
  const stored = localStorage.getItem(storedName)
  if (stored === 'light' || stored === 'dark') showTheme(stored)
}

export function useTheme(): { theme: Theme; isDark: boolean; setTheme: (theme: Theme) => void } {
  const theme = useSettings().data?.theme ?? 'system'
  const { mutate } = useAct((next: Theme) => client.settings.setTheme({ theme: next }), { refresh: [keys.settings] })
  const isDark = theme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
  return {
    theme,
    isDark,
    setTheme(next) {
      queryClient.setQueryData(keys.settings, { theme: next })
      mutate(next)
    },
  }
}

/** Keeps the page in the theme of the settings. */
export function useShownTheme(): void {
  const { data } = useSettings()
  useEffect(() => {
    if (data) showTheme(data.theme)
  }, [data])
}
