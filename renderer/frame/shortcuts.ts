import { useEffect } from 'react'
import type { Route } from '../routes.ts'
import { useFrame } from './frame-state.ts'

/** ⌘K opens the palette, ⌘J shows or hides the chat of the open app. */
export function useShortcuts({ app }: Route): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      const { paletteOpen, setPalette, toggleChat } = useFrame.getState()
      const key = event.key.toLowerCase()
      if (key === 'k') setPalette(!paletteOpen)
      else if (key === 'j' && app) toggleChat(app)
      else return
      event.preventDefault()
    }
    // Before an editor that knows these keys as its own.
    window.addEventListener('keydown', listen, { capture: true })
    return () => window.removeEventListener('keydown', listen, { capture: true })
  }, [app])
}
