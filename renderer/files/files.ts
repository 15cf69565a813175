import { skipToken, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { keys } from '../app-data.ts'
import { client, whenOpen } from '../client.ts'
import { toast } from '../ui/toast.tsx'
import { AppError } from '../../core/errors.ts'
import { openFile, type FileRoom, type OpenFile, type OpenFileState } from './open-file.ts'

const open = new Map<string, { file: OpenFile; editors: number }>()

/** A file of an app as it is being edited, shared by all who show it. It is saved when its last editor leaves, and read again when the app changes. */
export function useFile(appId: string, path: string): OpenFileState & Omit<OpenFile, 'store' | 'refresh'> {
  const { file } = entryOf(appId, path)
  const state = useStore(file.store)
  // The same model may come again, equal in all it says: then the text of some file has changed.
  const { dataUpdatedAt: changedAt } = useQuery({ queryKey: keys.model(appId), queryFn: skipToken, staleTime: Infinity })
  useEffect(() => retain(appId, path), [appId, path])
  useEffect(() => void file.refresh(), [file, changedAt])
  return { ...state, edit: file.edit, save: file.save, loadTheirs: file.loadTheirs, keepMine: file.keepMine }
}

/** Saves what is typed in a file, if it is open. */
export async function saveOpenFile(appId: string, path: string): Promise<void> {
  await open.get(`${appId}/${path}`)?.file.save()
}

function entryOf(appId: string, path: string): { file: OpenFile; editors: number } {
  const key = `${appId}/${path}`
  const entry = open.get(key) ?? { file: openFile(roomOf(appId, path)), editors: 0 }
  open.set(key, entry)
  return entry
}

function retain(appId: string, path: string): () => void {
  const entry = entryOf(appId, path)
  entry.editors++
  const leave = whenOpen(() => void retry(entry.file))
  return () => {
    leave()
    entry.editors--
    if (entry.editors === 0) void close(appId, path, entry)
  }
}

/** What could not be saved while main was away is saved when it is back. */
async function retry(file: OpenFile): Promise<void> {
  if (file.store.getState().text === null) await file.refresh()
  else if (file.store.getState().state === 'failed') await file.save()
}

async function close(appId: string, path: string, entry: { file: OpenFile; editors: number }): Promise<void> {
  const isSaved = entry.file.store.getState().text === null || (await entry.file.save())
  if (entry.editors > 0) return
  if (isSaved) open.delete(`${appId}/${path}`)
  else
    toast.error(
      new AppError('conflict', `${path} could not be saved yet. What you typed is kept: open it again.`, {
        action: { kind: 'open', path },
      }),
    )
}

window.addEventListener('pagehide', () => {
  for (const { file } of open.values()) void file.save()
})

function roomOf(appId: string, path: string): FileRoom {
  const key = `plugboard.draft.${appId}/${path}`
  return {
    read: () => client.apps.readFile({ appId, path }),
    write: (text, baseVersion) => client.apps.writeFile({ appId, path, text, ...(baseVersion !== undefined && { baseVersion }) }),
    draft: {
      get: () => {
        const kept = localStorage.getItem(key)
        return kept === null ? null : (JSON.parse(kept) as { text: string; baseVersion: string })
      },
      set: draft => {
        localStorage.removeItem(key)
        try {
          if (draft) localStorage.setItem(key, JSON.stringify(draft))
        } catch {
          // A full store of the browser costs the second net, not the text: it is still saved to the file.
        }
      },
    },
  }
}
