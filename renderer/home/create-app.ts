import { keys } from '../app-data.ts'
import { sendPrompt } from '../chat/chat-work.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { go } from '../routes.ts'
import { appNameFor } from './app-name.ts'

const open = (appId: string): void => go({ app: appId, screen: 'data' })
const refresh = [keys.apps]

/** A new app whose first message is the prompt. */
export const usePromptApp = () =>
  useAct((prompt: string) => client.apps.create({ name: appNameFor(prompt), template: 'blank' }), {
    refresh,
    done: ({ appId }, prompt) => {
      open(appId)
      void sendPrompt(appId, prompt)
    },
  })

export const useBlankApp = () =>
  useAct((name: string) => client.apps.create({ name, template: 'blank' }), { refresh, quiet: true, done: ({ appId }) => open(appId) })

/** The sample app begins with the accounts it needs: one press each. */
export const useSampleApp = () =>
  useAct(() => client.apps.create({ name: 'Sample app', template: 'sample' }), {
    refresh,
    done: ({ appId }) => go({ app: appId, screen: 'integrations', path: ['mine'] }),
  })

export const useFolderApp = () =>
  useAct((path: string) => client.apps.openFolder({ path }), { refresh, quiet: true, done: ({ appId }) => open(appId) })
