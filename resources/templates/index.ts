import { blankApp } from './blank.ts'
import { supportDesk } from './support-desk.ts'

export type Template = 'blank' | 'sample'

/** The files of a new app, by path. In modules rather than on disk, so that they are part of every bundle. */
export const templates: Record<Template, (name: string) => Record<string, string>> = { blank: blankApp, sample: supportDesk }
