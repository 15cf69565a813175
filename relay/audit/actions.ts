/** What the log can be narrowed to. */
export const auditKinds = {
  access: 'Sign-ins',
  people: 'Members and permissions',
  apps: 'Apps',
  connections: 'Connections',
  use: 'Use of accounts',
} as const
export type AuditKind = keyof typeof auditKinds

/** Each thing that is noted: of which kind it is, and in words. */
export const auditActions = {
  'workspace.set_up': { kind: 'people', words: 'Set up the workspace' },
  'member.signed_in': { kind: 'access', words: 'Signed in' },
  'member.sign_in_failed': { kind: 'access', words: 'Sign-in failed' },
  'member.signed_out': { kind: 'access', words: 'Signed out' },
  'member.invited': { kind: 'people', words: 'Invited a member' },
  'member.joined': { kind: 'people', words: 'Joined' },
  'member.role_changed': { kind: 'people', words: 'Changed a role' },
  'member.removed': { kind: 'people', words: 'Removed a member' },
  'invitation.withdrawn': { kind: 'people', words: 'Withdrew an invitation' },
  'password.link_made': { kind: 'access', words: 'Made a link for a new password' },
  'password.changed': { kind: 'access', words: 'Chose a new password' },
  'session.ended': { kind: 'access', words: 'Signed a browser out' },
  'desktop.signed_in': { kind: 'access', words: 'Let a desktop in' },
  'desktop.ended': { kind: 'access', words: 'Signed a desktop out' },
  'desktop.token_reused': { kind: 'access', words: 'A desktop’s token was used twice' },
  'token.made': { kind: 'access', words: 'Made a publish token' },
  'token.ended': { kind: 'access', words: 'Ended a publish token' },
  'app.published': { kind: 'apps', words: 'Published' },
  'app.rolled_back': { kind: 'apps', words: 'Rolled back' },
  'hook.secret_changed': { kind: 'apps', words: 'Changed the secret of a web address' },
  'keys.rotated': { kind: 'access', words: 'Changed the master key' },
  'app_user.signed_in': { kind: 'access', words: 'Signed in to an app' },
  'app_user.sign_in_failed': { kind: 'access', words: 'Sign-in to an app failed' },
  'app_user.signed_out': { kind: 'access', words: 'Signed out of an app' },
  'app_user.password_changed': { kind: 'access', words: 'Chose a new password for an app' },
  'app_user.joined': { kind: 'people', words: 'Became a user of an app' },
  'app_user.invited': { kind: 'people', words: 'Invited a user of an app' },
  'app_user.invitation_withdrawn': { kind: 'people', words: 'Withdrew an invitation to an app' },
  'app_user.removed': { kind: 'people', words: 'Removed a user of an app' },
  'app_user.password_link_made': { kind: 'access', words: 'Made a link for a user’s new password' },
  'connection.handed_over': { kind: 'connections', words: 'Gave an account to the relay' },
  'connection.taken_over': { kind: 'connections', words: 'Took an account over on another desktop' },
  'connection.taken_back': { kind: 'connections', words: 'Took an account back' },
  'connection.connected': { kind: 'connections', words: 'Connected an account' },
  'connection.disconnected': { kind: 'connections', words: 'Disconnected an account' },
  'own_account.connected': { kind: 'connections', words: 'Connected an account of their own' },
  'own_account.ended': { kind: 'connections', words: 'Ended the account of an app’s user' },
  'own_account.disconnected': { kind: 'connections', words: 'Disconnected an account of their own' },
  'connection.sign_in_failed': { kind: 'connections', words: 'A sign-in with a provider failed' },
  'client.saved': { kind: 'connections', words: 'Saved an OAuth client' },
  'client.removed': { kind: 'connections', words: 'Removed an OAuth client' },
  'connection.used': { kind: 'use', words: 'An app used an account' },
  'own_account.used': { kind: 'use', words: 'An app used an account of its user' },
  'connection.token_given': { kind: 'use', words: 'A desktop used an account' },
} as const satisfies Record<string, { kind: AuditKind; words: string }>

export type AuditAction = keyof typeof auditActions

export const actionsOf = (kind: AuditKind): AuditAction[] =>
  (Object.keys(auditActions) as AuditAction[]).filter(action => auditActions[action].kind === kind)

/** A line that another version of the relay wrote keeps its own name. */
export const actionWords = (action: string): string => (action in auditActions ? auditActions[action as AuditAction].words : action)
