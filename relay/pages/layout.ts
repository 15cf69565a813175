import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** A whole page without a script. `wide` for lists. */
export function page({ title, body, wide = false, refresh }: { title: string; body: Html; wide?: boolean; refresh?: string }): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        ${refresh ? html`<meta http-equiv="refresh" content="0; url=${refresh}" />` : ''}
        <title>${title} · Plugboard</title>
        <link rel="stylesheet" href="/style/tokens.css" />
        <link rel="stylesheet" href="/style/relay.css" />
      </head>
      <body>
        <main class="${wide ? 'wide' : 'card'}">
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`
}

/** One sentence about what went wrong, read out at once. */
export const alert = (message: string | null): Html => (message === null ? html`` : html`<p class="alert" role="alert">${message}</p>`)

export type Field = {
  name: string
  label: string
  type?: 'text' | 'email' | 'password'
  value?: string
  autocomplete: string
  hint?: string
  readonly?: boolean
}

export function field({ name, label, type = 'text', value = '', autocomplete, hint, readonly = false }: Field): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      value="${value}"
      autocomplete="${autocomplete}"
      required
      ${readonly ? 'readonly' : ''}
      ${hint ? html`aria-describedby="${name}-hint"` : ''}
    />
    ${hint ? html`<small id="${name}-hint">${hint}</small>` : ''}
  </p>`
}

export const hidden = (fields: Readonly<Record<string, string>>): Html =>
  html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}`

/** A form that is one button. */
export const buttonForm = (action: string, label: string, fields: Readonly<Record<string, string>> = {}, name = label): Html =>
  html`<form method="post" action="${action}">
    ${hidden(fields)}<button type="submit" class="plain" aria-label="${name}">${label}</button>
  </form>`

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
export const time = (at: number | string): Html => {
  const date = new Date(at)
  return html`<time datetime="${date.toISOString()}">${dates.format(date)} UTC</time>`
}
