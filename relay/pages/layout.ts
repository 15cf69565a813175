import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { font, styleSheet } from './style.ts'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** A whole document without a script. */
export function document({ title, body, bodyClass, refresh }: { title: string; body: Html; bodyClass?: string; refresh?: string }): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        ${refresh ? html`<meta http-equiv="refresh" content="0; url=${refresh}" />` : ''}
        <title>${title} · Plugboard</title>
        <link rel="preload" as="font" type="${font.type}" href="${font.path}" crossorigin />
        <link rel="stylesheet" href="${styleSheet.path}" />
      </head>
      <body ${bodyClass ? html`class="${bodyClass}"` : ''}>
        ${body}
      </body>
    </html>`
}

/** One card in the middle: for whoever is not signed in, and for a single question. */
export const page = ({ title, body, refresh }: { title: string; body: Html; refresh?: string }): Html =>
  document({
    title,
    refresh,
    body: html`<main class="card">
      <h1>${title}</h1>
      ${body}
    </main>`,
  })

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
  required?: boolean
}

export function field({ name, label, type = 'text', value = '', autocomplete, hint, readonly = false, required = true }: Field): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      value="${value}"
      autocomplete="${autocomplete}"
      ${required ? 'required' : ''}
      ${readonly ? 'readonly' : ''}
      ${hint ? html`aria-describedby="${name}-hint"` : ''}
    />
    ${hint ? html`<small id="${name}-hint">${hint}</small>` : ''}
  </p>`
}

export const hidden = (fields: Readonly<Record<string, string>>): Html =>
  html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}`

/** A form that is one button. `name`: what it is called aloud. `look`: `main` is what should be done next. */
export const buttonForm = (
  action: string,
  label: string,
  fields: Readonly<Record<string, string>> = {},
  { name = label, look = 'plain' }: { name?: string; look?: 'plain' | 'main' } = {},
): Html =>
  html`<form method="post" action="${action}">
    ${hidden(fields)}<button type="submit" class="${look}" aria-label="${name}">${label}</button>
  </form>`

/** `main` is what the row is about, `acts` are its buttons. */
export type Column = { name: string; kind?: 'main' | 'number' | 'acts' }

/** Rows under each other; where the window is narrow, each is a small card that says what is what. */
export const table = (label: string, columns: readonly Column[], rows: readonly (readonly (Html | string | number)[])[]): Html =>
  html`<table aria-label="${label}">
    <thead>
      <tr>
        ${columns.map(({ name, kind }) => html`<th scope="col" class="${kind ?? ''}">${kind === 'acts' ? html`<span class="unseen">${name}</span>` : name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        cells =>
          html`<tr>
            ${cells.map((cell, at) => html`<td class="${columns[at]?.kind ?? ''}" data-label="${columns[at]?.name ?? ''}">${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`

/** A question before something that is not taken back easily. The safe way on comes first. */
export const question = (asked: {
  text: Html
  action: string
  fields?: Readonly<Record<string, string>>
  confirm: string
  cancel: string
}): Html =>
  html`<div class="question">
    <p>${asked.text}</p>
    <a class="button" href="${asked.cancel}">Cancel</a>
    <form method="post" action="${asked.action}">
      ${hidden(asked.fields ?? {})}<button type="submit" class="danger">${asked.confirm}</button>
    </form>
  </div>`

/** Where a list has nothing to show. */
export const empty = (text: Html | string): Html => html`<p class="empty">${text}</p>`

export type Tone = 'ok' | 'warn' | 'bad' | 'off' | 'trial'
const shapes: Record<Tone, string> = { ok: '✓', warn: '◌', bad: '▲', off: '–', trial: '◇' }

/** A state: a shape and a word, and a colour besides. */
export const chip = (tone: Tone, word: string): Html =>
  html`<span class="chip ${tone}"><span aria-hidden="true">${shapes[tone]}</span> ${word}</span>`
