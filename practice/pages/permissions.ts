import { html } from 'hono/html'
import type { Html } from './layout.ts'

/** Who somebody is goes with every sign-in; it is not for choosing. */
const identity = /^(openid|email|profile|.*\/userinfo\.\w+)$/

/**
 * What the sign-in asks for, each with a tick that can be taken away before one agrees: some services let people give less than an app
 * asks for, and apps have to get along with that.
 */
export function permissionChoices({ searchParams }: URL): Html | '' {
  const asked = ['scope', 'user_scope'].flatMap(name => (searchParams.get(name) ?? '').split(/[ ,]+/))
  const scopes = [...new Set(asked)].filter(scope => scope && !identity.test(scope))
  if (scopes.length === 0) return ''
  return html`<fieldset class="permissions">
      <legend>What it may do</legend>
      ${scopes.map(scope => html`<label><input type="checkbox" checked value="${scope}" /><code>${scope}</code></label>`)}
    </fieldset>
    <script src="/practice/consent.js"></script>`
}

/** Each person's form carries the scopes in hidden fields: what has lost its tick is left out of them. */
export const permissionScript = `
addEventListener('change', () => {
  const refused = new Set([...document.querySelectorAll('.permissions input:not(:checked)')].map(box => box.value))
  for (const field of document.querySelectorAll('input[name=scope], input[name=user_scope]')) {
    const asked = (field.dataset.asked ??= field.value)
    const separator = asked.includes(',') ? ',' : ' '
    field.value = asked.split(/[ ,]+/).filter(scope => !refused.has(scope)).join(separator)
  }
})
`

export const permissionStyles = `
.permissions { margin: 0 0 16px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 6px }
.permissions legend { padding: 0 4px; color: var(--text-2); font-size: 12px }
.permissions label { display: flex; gap: 8px; align-items: center; padding: 4px 0; overflow-wrap: anywhere }
.permissions input { accent-color: var(--focus); margin: 0; width: 16px; height: 16px; flex: none }
.permissions code { font-size: 12px }`
