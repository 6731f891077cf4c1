import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Built into the platform's package, whose server sends it (`http/pages.ts`). */
export default defineConfig({
  plugins: [react()],
  base: '/',
  build: { outDir: '../platform/dashboard', emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
})
