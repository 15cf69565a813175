import type { Role } from './contract/relay.ts'

/** As the desktop and the relay's pages call what a member may be. */
export const roleNames: Record<Role, string> = { owner: 'Owner', admin: 'Admin', editor: 'Editor', viewer: 'Viewer' }
