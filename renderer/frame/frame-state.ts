import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export const chatWidths = { usual: 400, least: 320, most: 640 }

type FrameState = {
  paletteOpen: boolean
  /** By app: whether its chat is folded away. */
  chatClosed: Record<string, boolean>
  chatWidth: number
  setPalette(open: boolean): void
  setChat(appId: string, open: boolean): void
  toggleChat(appId: string): void
  setChatWidth(width: number): void
}

/** What the window remembers of itself. */
export const useFrame = create<FrameState>()(
  persist(
    (set, get) => ({
      paletteOpen: false,
      chatClosed: {},
      chatWidth: chatWidths.usual,
      setPalette: paletteOpen => set({ paletteOpen }),
      setChat: (appId, open) => set(({ chatClosed }) => ({ chatClosed: { ...chatClosed, [appId]: !open } })),
      toggleChat: appId => get().setChat(appId, get().chatClosed[appId] ?? false),
      setChatWidth: width => set({ chatWidth: Math.round(Math.max(chatWidths.least, Math.min(chatWidths.most, width))) }),
    }),
    { name: 'plugboard.frame', partialize: ({ chatClosed, chatWidth }) => ({ chatClosed, chatWidth }) },
  ),
)
