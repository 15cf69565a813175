import { create } from 'zustand'

export type AllowRequest = { appId: string; connectionId: string; scopes: readonly string[] }

/** While `asked` is set, the dialog that asks for more permissions is open. */
export const useAllowGate = create<{ asked: AllowRequest | null }>(() => ({ asked: null }))

/** Shows in plain words what is missing, and leads to a sign-in that asks for it. Permissions that the account has stay. */
export const askToAllow = (asked: AllowRequest): void => useAllowGate.setState({ asked })

export const closeAllow = (): void => useAllowGate.setState({ asked: null })
