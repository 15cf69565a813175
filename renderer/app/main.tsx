import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { setNonce } from 'get-nonce'
import { createRoot } from 'react-dom/client'
import { styleNonce } from '../ui/nonce.ts'
import { App } from './app.tsx'
import './app.css'
import { followLinks } from './world.ts'

setNonce(styleNonce)
document.addEventListener('click', followLinks)

/** What is shown is told of when it changes, so that nothing is asked twice without need. */
const client = new QueryClient({
  defaultOptions: {
    queries: { retry: false, refetchOnWindowFocus: false, networkMode: 'always', staleTime: 60_000 },
    mutations: { networkMode: 'always' },
  },
})

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>,
  )
