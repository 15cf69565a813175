import { z } from 'zod'
import type { Call } from '../../core/connector.ts'
import { sensibleAnswers } from '../sensible-answers.ts'
import { googleAppError } from './errors.ts'

const uploaded = z.object({ id: z.string().min(1), name: z.string(), webViewLink: z.string().nullish() })

/**
 * Drive's multipart upload in one request. By hand, because Google's client would stream it past `call.fetch`'s reach of the origin.
 * https://developers.google.com/workspace/drive/api/guides/manage-uploads#multipart
 */
export async function uploadToDrive(call: Call, metadata: object, content: { type: string; data: string }) {
  const boundary = `plugboard-${crypto.randomUUID()}`
  const response = await sensibleAnswers(call.fetch, 'Google')(
    'https://www.googleapis.com/upload/drive/v3/files?uploadType=multipart&fields=id,name,webViewLink&supportsAllDrives=true',
    {
      method: 'POST',
      headers: { 'content-type': `multipart/related; boundary=${boundary}` },
      body: [
        `--${boundary}`,
        'Content-Type: application/json; charset=UTF-8',
        '',
        JSON.stringify(metadata),
        `--${boundary}`,
        `Content-Type: ${content.type}`,
        '',
        content.data,
        `--${boundary}--`,
        '',
      ].join('\r\n'),
      signal: call.signal,
    },
  )
  const body = await response.text()
  if (!response.ok) throw googleAppError(response.status, body, 'folder')
  return uploaded.parse(JSON.parse(body))
}
