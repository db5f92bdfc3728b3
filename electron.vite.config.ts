import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      // node-llama-cpp and better-sqlite3 carry native parts and must stay outside the bundle. Zod goes into it: the bundler
      // leaves out its messages in fifty languages, which the package itself loads at every start.
      externalizeDeps: { exclude: ['zod'] },
      // `npm run serve` runs the same bundle under plain Node, from 22.19 on.
      target: 'node22.19',
      rolldownOptions: {
        input: {
          index: at('src/main/index.ts'),
          serve: at('src/main/serve.ts'),
          'llama-worker': at('src/main/llama-worker.ts'),
          'llama-trial': at('src/main/llama-trial.ts'),
          'storage-worker': at('src/main/storage-worker.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload cannot require packages: one self-contained CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react(), tailwindcss()],
    // A module worker may load a grammar when a language first needs it; a classic one would carry them all.
    worker: { format: 'es' },
    build: { rolldownOptions: { input: { index: at('src/renderer/index.html') } } },
  },
})
