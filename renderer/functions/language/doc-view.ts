import type { Description } from './service.ts'

/** The rest of a long signature shows itself while one writes; a box to scroll in could not be reached with the keyboard. */
const mostLines = 14

/** A signature and its words, for the boxes of the editor. Text alone: nothing of it is read as markup. */
export function docView({ signature, text }: Pick<Description, 'signature' | 'text'>): HTMLElement {
  const box = document.createElement('div')
  box.className = 'cm-doc'
  if (text) box.append(element('p', text))
  const lines = signature.replace(/^\((?:property|method|alias|const|parameter)\) /, '').split('\n')
  box.append(element('pre', lines.length > mostLines ? [...lines.slice(0, mostLines - 1), '…'].join('\n') : lines.join('\n')))
  return box
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}
