import type { Account, Call } from '../../core/connector.ts'
import { slack } from './client.ts'

/** One bot per workspace: the workspace is the account. */
export async function botIdentity(call: Call): Promise<Account> {
  const { team_id: teamId = '', team = '', user = '' } = await (await slack(call)).auth.test()
  return { id: teamId, label: `${user} in ${team}`, tenant: team }
}

export async function userIdentity(call: Call): Promise<Account> {
  const { team_id: teamId = '', user_id: userId = '', team = '', user = '' } = await (await slack(call)).auth.test()
  return { id: `${teamId}.${userId}`, label: `${user} in ${team}`, tenant: team }
}
