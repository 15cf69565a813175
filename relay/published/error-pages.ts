import { html } from 'hono/html'
import type { AppError } from '../../core/errors.ts'
import { page, type Html } from '../pages/layout.ts'

/** In place of an app that is not there. */
export const notPublishedPage = (): Html =>
  page({
    title: 'No app here',
    body: html`<p>No app is published at this address. Check it, or ask who gave it to you.</p>`,
  })

export const notFoundPage = (base: string): Html =>
  page({
    title: 'Not found',
    body: html`<p>This app has nothing at this address.</p>
      <a class="button" href="${base}">Go to the app</a>`,
  })

/** For whoever may not be here. The app says how to get in. */
export const closedPage = ({ message, code }: AppError, base: string): Html =>
  page({
    title: code === 'unauthorized' ? 'You are not signed in' : 'This is not open to you',
    body: html`<p>${message}</p>
      <a class="button" href="${base}">Go to the app</a>`,
  })

/** An app that cannot be shown now: it did not start, or its database is away. */
export const troublePage = ({ message, code }: AppError): Html =>
  page({
    title: code === 'internal' ? 'This app did not start' : 'This did not work',
    body: html`<p>${code === 'internal' ? 'Something is wrong with it. Whoever published it finds the reason on the relay.' : message}</p>
      <a class="button" href="">Try again</a>`,
  })
