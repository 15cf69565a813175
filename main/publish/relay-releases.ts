import { z } from 'zod'
import {
  activationEvent,
  appReleases,
  draft,
  freePlace,
  publishedApp,
  releaseFiles,
  type ActivationEvent,
  type AppReleases,
  type Draft,
  type FreePlace,
  type MissingPiece,
  type PublishedApp,
  type Version,
} from '../../core/contract/releases.ts'
import { workspaceClients, type WorkspaceClients } from '../../core/contract/account-requests.ts'
import { practiceUse, type PracticeUse } from '../../core/contract/relay.ts'
import { readFrames, type Arrived } from '../../core/release/frames.ts'
import { readManifest, type Manifest } from '../../core/release/manifest.ts'
import { cutOff, jsonBody, misunderstood, parseJson, readAnswer, sendRequest, type RelayRequest } from '../relay/answers.ts'

/** What the relay answers about releases, each answer read before it is believed. Errors are the relay's own, or `unavailable`. */
export type RelayReleases = ReturnType<typeof openRelayReleases>

export function openRelayReleases(request: RelayRequest) {
  const ask = (path: '' | `/${string}`, init: RequestInit = {}) => sendRequest(request, `/api/relay/apps${path}`, init)

  async function* activate(path: `/${string}`, body: object, signal?: AbortSignal): AsyncGenerator<ActivationEvent> {
    const response = await ask(path, { ...jsonBody(body), signal })
    for await (const line of linesOf(chunksOf(response, signal))) {
      const event = activationEvent.safeParse(parseJson(line))
      if (!event.success) throw misunderstood(event.error)
      yield event.data
    }
  }

  return {
    /** Which practice accounts the relay can use. */
    practice: async (signal?: AbortSignal): Promise<PracticeUse> =>
      readAnswer(practiceUse, await sendRequest(request, '/api/relay/practice', { signal })),
    /** The OAuth clients of the workspace. */
    clients: async (signal?: AbortSignal): Promise<WorkspaceClients> =>
      readAnswer(workspaceClients, await sendRequest(request, '/api/relay/clients', { signal })),
    apps: async (signal?: AbortSignal): Promise<PublishedApp[]> => readAnswer(z.array(publishedApp), await ask('', { signal })),
    app: async (appId: string, signal?: AbortSignal): Promise<AppReleases> => readAnswer(appReleases, await ask(`/${appId}`, { signal })),
    freePlace: async (appId: string, name: string, signal?: AbortSignal): Promise<FreePlace> =>
      readAnswer(freePlace, await ask(`/${appId}/free-place?${new URLSearchParams({ name })}`, { signal })),
    manifest: async (appId: string, releaseId: string, signal?: AbortSignal): Promise<Manifest> =>
      readManifest((await readAnswer(releaseFiles, await ask(`/${appId}/releases/${releaseId}`, { signal }))).files),
    propose: async (appId: string, name: string, files: Manifest, signal?: AbortSignal): Promise<Draft> =>
      readAnswer(draft, await ask(`/${appId}/releases`, { ...jsonBody({ name, files }), signal })),
    /** `body`: frames. */
    send: async (appId: string, releaseId: string, body: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Draft> =>
      readAnswer(draft, await ask(`/${appId}/releases/${releaseId}/pieces`, { method: 'PUT', body, signal })),
    /** Pieces of the app's releases, as they arrive. */
    async *fetch(appId: string, pieces: readonly Pick<MissingPiece, 'sha256' | 'offset'>[], signal?: AbortSignal): AsyncGenerator<Arrived> {
      yield* readFrames(chunksOf(await ask(`/${appId}/pieces`, { ...jsonBody({ pieces }), signal }), signal))
    },
    publish: (appId: string, wish: { releaseId: string; base: number | null; title: string }, signal?: AbortSignal) =>
      activate(`/${appId}/versions`, wish, signal),
    rollBack: (appId: string, wish: { number: number; base: number | null }, signal?: AbortSignal) =>
      activate(`/${appId}/live`, wish, signal),
  }
}

/** The version that is live. Null when nothing was ever published. */
export const liveOf = (found: AppReleases): Version | null => found?.versions.find(({ number }) => number === found.live) ?? null

async function* chunksOf({ body }: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body ?? []) yield chunk
  } catch (cause) {
    signal?.throwIfAborted()
    throw cutOff(cause)
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
