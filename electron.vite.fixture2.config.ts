import config from './electron.vite.config.ts'
const c: any = { ...config, main: structuredClone(config.main), preload: structuredClone(config.preload) }
c.main.build.outDir = '/tmp/shellreal/out/main'; c.preload.build.outDir='/tmp/shellreal/out/preload'

c.main.plugins = [{ name: 'fix', enforce: 'pre', resolveId: (id: string) => id === '../app.ts' ? '/tmp/shellfix/app.ts' : undefined }]
c.renderer.build.outDir = "/tmp/shellreal/out/renderer"; export default c
