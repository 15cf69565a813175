import { AppError } from '../../core/errors.ts'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { queryClient } from '../query.ts'
import { toast } from '../ui/toast.tsx'

/** Shows a practice account's inbox, channels or repositories in the browser. Where a page cannot open one, main has opened it. */
export async function openPractice(appId: string, connector: string): Promise<void> {
  try {
    const [{ url }, { shell }] = await Promise.all([client.practice.open({ appId, connector }), info()])
    if (shell === 'serve') window.open(url, '_blank', 'noopener')
  } catch (error) {
    toast.error(AppError.from(error))
  }
}

/** Opens an address outside of the page, in the way of the shell. */
export async function openExternal(url: string): Promise<void> {
  const { shell } = await info()
  if (shell === 'serve') window.open(url, '_blank', 'noopener')
  else await client.system.openExternal({ url })
}

const info = () => queryClient.ensureQueryData({ queryKey: keys.info, queryFn: () => client.system.info() })
