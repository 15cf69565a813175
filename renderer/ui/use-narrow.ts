import { useLayoutEffect, useState, type RefObject } from 'react'

/** Whether an element is narrower than `px`: the chat beside it decides that as much as the window. */
export function useNarrow(ref: RefObject<HTMLElement | null>, px: number): boolean {
  const [isNarrow, setNarrow] = useState(false)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    setNarrow(element.clientWidth < px)
    const observer = new ResizeObserver(() => setNarrow(element.clientWidth < px))
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref, px])
  return isNarrow
}
