import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const noElectron = fileURLToPath(new URL('./tests/support/no-electron.ts', import.meta.url))

/** `unit` and `integration` run the engine in plain Node; `renderer` runs stores and components in jsdom; `ui` drives real Chromium. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: { electron: noElectron } },
        test: {
          name: 'unit',
          environment: 'node',
          include: ['tests/{unit,architecture}/**/*.test.ts'],
          testTimeout: 15_000,
        },
      },
      {
        resolve: { alias: { electron: noElectron } },
        test: {
          name: 'integration',
          environment: 'node',
          include: ['tests/{integration,contract}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          pool: 'forks',
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          environment: 'jsdom',
          include: ['tests/renderer/**/*.test.{ts,tsx}'],
          setupFiles: ['tests/renderer/setup.ts'],
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'ui',
          environment: 'node',
          include: ['tests/{ui,desktop}/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          pool: 'forks',
          fileParallelism: false,
        },
      },
    ],
  },
})
