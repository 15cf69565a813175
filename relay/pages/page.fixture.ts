import type { Page } from '../relay.fixture.ts'

/** What a page says went wrong. */
export const alertOf = ({ text }: Page) => /role="alert">([^<]*)</.exec(text)?.[1] ?? /<p>([^<]*)<\/p>/.exec(text)?.[1] ?? null
/** Texts of the cells of a page's tables, row by row. */
export const rowsOf = ({ text }: Page) =>
  [...text.matchAll(/<tr>([^]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<td[^>]*>([^]*?)<\/td>/g)].map(([, cell = '']) =>
      cell
        .replace(/<[^>]+>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    ),
  )
export const rowWith = (page: Page, word: string) => rowsOf(page).find(row => row.join(' ').includes(word))
