import { QueryClientProvider } from '@tanstack/react-query'
import { setNonce } from 'get-nonce'
import { createRoot } from 'react-dom/client'
import { keepConnected } from '../client.ts'
import { App } from '../frame/app.tsx'
import { performErrorActions } from '../frame/error-actions.ts'
import { showLastTheme } from '../frame/theme.ts'
import { queryClient } from '../query.ts'
import { styleNonce } from '../ui/nonce.ts'
import '../ui/theme.css'

setNonce(styleNonce)
showLastTheme()
performErrorActions()
void keepConnected()

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>,
  )
