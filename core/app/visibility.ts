/**
 * Who may use the app once it is published. `public`: anyone opens it and may sign up. `private`: people whom a member of the workspace
 * has invited by e-mail. `workspace`: the members of the workspace.
 */
export const visibilities = ['public', 'private', 'workspace'] as const
export type Visibility = (typeof visibilities)[number]

/** A team's app, unless it says otherwise. */
export const visibilityOf = ({ visibility = 'workspace' }: { visibility?: Visibility | undefined }): Visibility => visibility
