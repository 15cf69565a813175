import type { ConnectionState } from '../../core/connection.ts'

const words: Record<ConnectionState, string> = {
  connected: 'Connected',
  retrying: 'Retrying',
  needs_reconnect: 'Needs reconnect',
  disconnected: 'Disconnected',
  locked: 'Locked',
}

/** The state of a connection as a person reads it. */
export const stateWord = (state: ConnectionState): string => words[state]
