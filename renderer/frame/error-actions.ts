import type { ErrorAction } from '../../core/errors.ts'
import { keys, type ConnectionRow } from '../app-data.ts'
import { askToAllow } from '../integrations/allow-gate.ts'
import { connect, inputFor } from '../integrations/attempts.ts'
import { queryClient } from '../query.ts'
import { go, readRoute } from '../routes.ts'
import { onErrorAction } from '../ui/error-action.ts'
import { askForVault } from '../vault/vault-gate.ts'

/** How each action beside an error is done. */
export function performErrorActions(): void {
  onErrorAction(action => {
    const { app } = readRoute(location.hash)
    switch (action.kind) {
      case 'unlock':
        return void askForVault()
      case 'settings':
        return go({ app, screen: 'settings', path: [action.section] })
      case 'connect':
        return go(app ? { app, screen: 'integrations', path: ['browse', action.connector] } : {})
      case 'open':
        return app ? openFile(app, action) : undefined
      case 'reconnect':
        return app ? reconnect(app, action.connectionId) : undefined
      case 'grant':
        return app ? askToAllow({ appId: app, connectionId: action.connectionId, scopes: action.scopes }) : undefined
    }
  })
}

function reconnect(app: string, connectionId: string): void {
  const row = queryClient.getQueryData<ConnectionRow[]>(keys.connections(app))?.find(({ id }) => id === connectionId)
  go({ app, screen: 'integrations', path: ['mine'] })
  if (row) void connect(inputFor(row))
}

function openFile(app: string, { path, line }: Extract<ErrorAction, { kind: 'open' }>): void {
  const at = line ? [`line-${line}`] : []
  const [, folder, rest = ''] = /(?:^|\/)(functions|workflows|entities|connectors)\/(.+)$/.exec(path) ?? []
  const name = rest.replace(/\.jsonc?$/, '')
  if (folder === 'functions') go({ app, screen: 'functions', path: [rest.replace(/\/[^/]+$/, ''), ...at] })
  else if (folder === 'workflows') go({ app, screen: 'flows', path: [name, ...at] })
  else if (folder === 'entities') go({ app, screen: 'data', path: [name] })
  else go({ app, screen: 'integrations', path: ['mine'] })
}
