import type { drive_v3 } from '@googleapis/drive'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { action, connector, type Call, type Choice } from '../../core/connector.ts'
import { field, limit } from '../field.ts'
import { google } from '../providers/google.ts'
import { drive } from './client.ts'
import { explainGoogle } from './errors.ts'
import { googleLimits } from './limits.ts'
import { googleIdentity, googleIdentityScopes, identityScopeWords } from './identity.ts'
import { uploadToDrive } from './upload.ts'

const scope = (name: string) => `https://www.googleapis.com/auth/drive.${name}`
const folderType = 'application/vnd.google-apps.folder'
const sizeLimitBytes = 5 * 1024 * 1024

/** What Google's own documents are exported as. Others of its types have no text. */
const exports: Readonly<Record<string, string>> = {
  'application/vnd.google-apps.document': 'text/plain',
  'application/vnd.google-apps.spreadsheet': 'text/csv',
  'application/vnd.google-apps.presentation': 'text/plain',
}

const file = z.object({
  id: z.string().min(1),
  name: z.string(),
  type: z.string(),
  folder: z.boolean(),
  sizeBytes: z.number().nullable(),
  modifiedAt: z.string().nullable(),
  link: z.string(),
})
const made = z.object({ id: z.string().min(1), name: z.string(), link: z.string() })
const name = z.string().trim().min(1).max(255).meta({ title: 'Name' })
const folder = field('folder', { title: 'Folder', description: 'The id of a folder. Without one: My Drive.' }).optional()
const fileId = field('file', { title: 'File', description: 'The id of a file, or its link.' })

const read = (item: drive_v3.Schema$File): z.infer<typeof file> => ({
  id: item.id ?? '',
  name: item.name ?? '',
  type: item.mimeType ?? '',
  folder: item.mimeType === folderType,
  sizeBytes: item.size ? Number(item.size) : null,
  modifiedAt: item.modifiedTime ?? null,
  link: item.webViewLink ?? '',
})

const idOf = (value: string) => /\/d\/([\w-]+)/.exec(value)?.[1] ?? /\/folders\/([\w-]+)/.exec(value)?.[1] ?? value

/** A text inside a Drive query, which is quoted with ' and escaped with \. */
const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

async function find(call: Call, conditions: string[], most: number) {
  const { data } = await (
    await drive(call)
  ).files.list({
    q: [...conditions, 'trashed = false'].join(' and '),
    pageSize: most,
    fields: 'files(id,name,mimeType,size,modifiedTime,webViewLink)',
    orderBy: 'modifiedTime desc',
  })
  return (data.files ?? []).map(read)
}

async function choices(call: Call, query: string, type: string): Promise<Choice[]> {
  const named = query ? [`name contains ${quoted(query)}`] : []
  return (await find(call, [`mimeType ${type} '${folderType}'`, ...named], 100)).map(({ id, name: label }) => ({ value: id, label }))
}

export default connector({
  id: 'googledrive',
  name: 'Google Drive',
  provider: google,
  category: 'Files',
  summary: 'Find, read and store files.',
  icon: 'logos:google-drive',
  scopes: {
    ...identityScopeWords,
    [scope('metadata.readonly')]: 'See the names and details of your files, not what is in them',
    [scope('readonly')]: 'See and read all your files',
    [scope('file')]: 'Add files and folders, and change those that this app added',
  },
  identityScopes: googleIdentityScopes,
  identity: googleIdentity,
  fields: { folder: (call, query) => choices(call, query, '='), file: (call, query) => choices(call, query, '!=') },
  actions: {
    listFiles: action({
      title: 'List files',
      does: 'Lists files and folders, last changed first.',
      effect: 'read',
      idempotent: true,
      scopes: [scope('metadata.readonly')],
      input: z.object({
        folder,
        name: z.string().optional().meta({ title: 'Name contains' }),
        limit: limit(200, 50),
      }),
      output: z.array(file),
      async run(call, input) {
        const inFolder = input.folder ? [`${quoted(idOf(input.folder))} in parents`] : []
        const named = input.name ? [`name contains ${quoted(input.name)}`] : []
        return find(call, [...inFolder, ...named], input.limit)
      },
    }),
    readFile: action({
      title: 'Read a file',
      does: 'Reads a text file, or the text of a Google document, up to 5 MB.',
      effect: 'read',
      idempotent: true,
      scopes: [scope('readonly')],
      input: z.object({ file: fileId }),
      output: z.object({ id: z.string().min(1), name: z.string(), type: z.string(), text: z.string() }),
      async run(call, input) {
        const client = await drive(call)
        const id = idOf(input.file)
        const { data: found } = await client.files.get({ fileId: id, fields: 'id,name,mimeType,size' })
        const type = found.mimeType ?? ''
        if (Number(found.size ?? 0) > sizeLimitBytes)
          throw new AppError('validation', `“${found.name}” is larger than 5 MB. Choose a smaller file.`)
        const exported = exports[type]
        if (type.startsWith('application/vnd.google-apps.') && !exported)
          throw new AppError('validation', `“${found.name}” has no text to read. Choose a document or a text file.`)
        const content = exported
          ? await client.files.export({ fileId: id, mimeType: exported }, { responseType: 'text' })
          : await client.files.get({ fileId: id, alt: 'media' }, { responseType: 'text' })
        return { id, name: found.name ?? '', type: exported ?? type, text: String(content.data) }
      },
    }),
    uploadFile: action({
      title: 'Upload a file',
      does: 'Stores text as a new file. Each call adds another one, even under the same name.',
      effect: 'write',
      idempotent: false,
      scopes: [scope('file')],
      input: z.object({
        name,
        text: z.string().max(sizeLimitBytes).meta({ title: 'Content', multiline: true }),
        type: z
          .string()
          .regex(/^[\w.+-]+\/[\w.+-]+$/, 'A type looks like text/plain.')
          .default('text/plain')
          .meta({ title: 'Type', description: 'Such as text/plain or text/csv.' }),
        folder,
      }),
      output: made,
      async run(call, input) {
        const metadata = { name: input.name, mimeType: input.type, ...(input.folder && { parents: [idOf(input.folder)] }) }
        const stored = await uploadToDrive(call, metadata, { type: `${input.type}; charset=UTF-8`, data: input.text })
        return { id: stored.id, name: stored.name, link: stored.webViewLink ?? '' }
      },
    }),
    createFolder: action({
      title: 'Create a folder',
      does: 'Adds a folder. Each call adds another one, even under the same name.',
      effect: 'write',
      idempotent: false,
      scopes: [scope('file')],
      input: z.object({ name, folder }),
      output: made,
      async run(call, input) {
        const requestBody = { name: input.name, mimeType: folderType, ...(input.folder && { parents: [idOf(input.folder)] }) }
        const { data } = await (await drive(call)).files.create({ requestBody, fields: 'id,name,webViewLink' })
        return { id: data.id ?? '', name: data.name ?? '', link: data.webViewLink ?? '' }
      },
    }),
    renameFile: action({
      title: 'Rename a file',
      does: 'Gives a file or folder that this app added another name. Calling twice changes nothing more.',
      effect: 'write',
      idempotent: true,
      destructive: true,
      scopes: [scope('file')],
      input: z.object({ file: fileId, name }),
      output: made,
      async run(call, input) {
        const update = { fileId: idOf(input.file), requestBody: { name: input.name }, fields: 'id,name,webViewLink' }
        const { data } = await (await drive(call)).files.update(update)
        return { id: data.id ?? '', name: data.name ?? '', link: data.webViewLink ?? '' }
      },
    }),
  },
  prompts: [
    'Save every closed ticket as a text file in Google Drive.',
    'Create a Drive folder when a new customer is added.',
    'Every Monday, list the files that changed last week.',
  ],
  limits: googleLimits,
  explain: explainGoogle('file or folder'),
})
