import config from './electron.vite.config.ts'
const c: any = structuredClone({ ...config, renderer: undefined })
c.main.build.outDir = '/tmp/shellfix/out/main'; c.preload.build.outDir='/tmp/shellfix/out/preload'
c.main.build.rolldownOptions.input.host = '/tmp/shellfix/host/process.ts'
c.main.plugins = [{ name: 'fix', enforce: 'pre', resolveId: (id: string) => id === '../app.ts' ? '/tmp/shellfix/app.ts' : undefined }]
c.renderer = { root: '/tmp/shellfix/renderer', html: { cspNonce: '__CSP_NONCE__' }, build: { outDir: '/tmp/shellfix/out/renderer', rolldownOptions: { input: '/tmp/shellfix/renderer/index.html' } } }
export default c
