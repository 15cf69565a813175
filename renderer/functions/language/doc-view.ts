import type { Description } from './service.ts'

/** A signature and its words, for the boxes of the editor. Text alone: nothing of it is read as markup. */
export function docView({ signature, text }: Pick<Description, 'signature' | 'text'>): HTMLElement {
  const box = document.createElement('div')
  box.className = 'cm-doc'
  if (text) box.append(element('p', text))
  box.append(element('pre', signature.replace(/^\((?:property|method|alias|const|parameter)\) /, '')))
  return box
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}
