import { useEffect, type RefObject } from 'react'

const floating = '[role=dialog],[role=alertdialog],[role=menu]'

/**
 * Keeps the keyboard where it was in a list whose rows move and change under it, and open dialogs: when the focus is lost, it goes back to
 * the control that had it, else to the row's control with `data-keeps-focus`, else to the list. Rows carry `data-row`.
 */
export function useKeptFocus(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = list.current
    if (!element) return
    let last: { row: string; control: HTMLElement } | null = null

    const remember = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element)) return
      const row = element.contains(target) ? target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined
      if (row && target instanceof HTMLElement) last = { row, control: target }
      else if (!target.closest(floating)) last = null
    }
    const restore = (): void => {
      if (!last || document.activeElement !== document.body || document.querySelector(floating)) return
      const row = element.querySelector(`[data-row="${CSS.escape(last.row)}"]`)
      const control = last.control.isConnected ? last.control : (row?.querySelector<HTMLElement>('[data-keeps-focus]') ?? element)
      control.focus({ preventScroll: true })
    }
    document.addEventListener('focusin', remember)
    // While the focus goes from one control to the next, nothing has it: looked at when that is over.
    const observer = new MutationObserver(() => void setTimeout(restore))
    observer.observe(element, { childList: true, subtree: true })
    // What floats is put into the body beside the page.
    observer.observe(document.body, { childList: true })
    return () => {
      document.removeEventListener('focusin', remember)
      observer.disconnect()
    }
  }, [list])
}
