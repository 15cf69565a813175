import type { ErrorAction } from '../../core/errors.ts'

type Doable = Exclude<ErrorAction, { kind: 'retry' }>

let perform: (action: Doable) => void = () => {}

/** The frame says once how each action is done: by going somewhere, opening a dialog, or starting a sign-in. */
export function onErrorAction(handler: (action: Doable) => void): void {
  perform = handler
}

/** The one button beside an error's sentence. `retry` needs to know what to do again. */
export function actionOf(action: ErrorAction | undefined, retry?: () => void): { label: string; run: () => void } | undefined {
  if (!action || action.kind === 'retry') return retry && { label: 'Try again', run: retry }
  return { label: labelOf(action), run: () => perform(action) }
}

function labelOf(action: Doable): string {
  switch (action.kind) {
    case 'connect':
      return 'Connect'
    case 'reconnect':
      return 'Reconnect'
    case 'grant':
      return 'Allow'
    case 'open':
      return action.line ? `Open line ${action.line}` : 'Open the file'
    case 'unlock':
      return 'Unlock'
    case 'settings':
      return 'Open settings'
  }
}
