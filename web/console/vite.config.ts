import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The development server passes the API on to a running `sanbao serve`.
const api = process.env.SANBAO_AT ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  // dist/ keeps a committed page for a binary built without the console, so scripts/pack.mjs empties it, not Vite.
  build: { emptyOutDir: false, target: 'es2022', chunkSizeWarningLimit: 1500, modulePreload: { polyfill: false }, manifest: true },
  server: { proxy: { '/api': api } },
})
