import type { KeyboardEvent, PointerEvent } from 'react'
import { chatWidths, useFrame } from '../frame/frame-state.ts'

const stepPx = 16

/** The gap between screen and chat: drag it, or move it with the arrow keys. A double press brings the usual width back. */
export function ChatResizer() {
  const { chatWidth, setChatWidth } = useFrame()

  function drag(event: PointerEvent<HTMLDivElement>): void {
    const bar = event.currentTarget
    bar.setPointerCapture(event.pointerId)
    const start = { x: event.clientX, width: chatWidth }
    const move = ({ clientX }: globalThis.PointerEvent): void => setChatWidth(start.width + start.x - clientX)
    bar.addEventListener('pointermove', move)
    bar.addEventListener('lostpointercapture', () => bar.removeEventListener('pointermove', move), { once: true })
  }

  function press({ key }: KeyboardEvent): void {
    if (key === 'ArrowLeft') setChatWidth(chatWidth + stepPx)
    else if (key === 'ArrowRight') setChatWidth(chatWidth - stepPx)
  }

  return (
    <div
      role="separator"
      aria-label="Width of the chat"
      aria-orientation="vertical"
      aria-valuenow={chatWidth}
      aria-valuemin={chatWidths.least}
      aria-valuemax={chatWidths.most}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={press}
      onDoubleClick={() => setChatWidth(chatWidths.usual)}
      className="absolute inset-y-3 left-0 z-2 w-2 cursor-col-resize touch-none rounded-full transition-colors duration-120 hover:bg-accent-line focus-visible:bg-accent-line"
    />
  )
}
