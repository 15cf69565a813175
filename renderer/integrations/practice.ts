import { AppError } from '../../core/errors.ts'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { queryClient } from '../query.ts'
import { toast } from '../ui/toast.tsx'

/** Shows a practice account's inbox, channels or repositories in the browser. */
export async function openPractice(appId: string, connector: string): Promise<void> {
  try {
    const { url } = await client.practice.open({ appId, connector })
    await openExternal(url)
  } catch (error) {
    toast.error(AppError.from(error))
  }
}

/** Opens an address outside of the page, in the way of the shell. */
export async function openExternal(url: string): Promise<void> {
  const { shell } = await queryClient.ensureQueryData({ queryKey: keys.info, queryFn: () => client.system.info() })
  if (shell === 'serve') window.open(url, '_blank', 'noopener')
  else await client.system.openExternal({ url })
}
