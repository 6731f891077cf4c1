import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * Built into the platform's package, whose server sends it (`http/pages.ts`); with `--mode report` in one piece, which `parzen
 * report` puts into a file: without what only a server can do.
 */
export default defineConfig(({ mode }) => ({
  plugins: [react()],
  base: '/',
  build: {
    outDir: mode === 'report' ? '../platform/dashboard/report' : '../platform/dashboard',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rollupOptions: {
      // how long a plugin took is no news to somebody who has just cloned this
      checks: { pluginTimings: false },
      ...(mode === 'report' ? { external: [/\/pages\/new\.js$/] } : {}),
    },
  },
}))
