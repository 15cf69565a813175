import { useEffect, type RefObject } from 'react'

const floating = '[role=dialog],[role=alertdialog],[role=menu]'

/**
 * Keeps the keyboard where it was in a list whose rows move and change under it: when the focused control is gone, the focus goes to the
 * row's control with `data-keeps-focus`, or to the list itself when the row is gone too. Rows carry `data-row`.
 */
export function useKeptFocus(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = list.current
    if (!element) return
    let lastRow: string | null = null

    const remember = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element)) return
      const row = element.contains(target) ? target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined
      if (row) lastRow = row
      else if (!target.closest(floating)) lastRow = null
    }
    const restore = (): void => {
      if (lastRow === null || document.activeElement !== document.body || document.querySelector(floating)) return
      const row = element.querySelector(`[data-row="${CSS.escape(lastRow)}"]`)
      const target = row?.querySelector<HTMLElement>('[data-keeps-focus]') ?? element
      target.focus({ preventScroll: true })
    }
    document.addEventListener('focusin', remember)
    const observer = new MutationObserver(restore)
    observer.observe(element, { childList: true, subtree: true })
    // What floats is put into the body beside the page.
    observer.observe(document.body, { childList: true })
    return () => {
      document.removeEventListener('focusin', remember)
      observer.disconnect()
    }
  }, [list])
}
