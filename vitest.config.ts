import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const noElectron = fileURLToPath(new URL('./tests/support/no-electron.ts', import.meta.url))

/** Suites that assert times of whole servers: they run one file at a time, with the machine to themselves. */
const ALONE = [
  'tests/integration/server/{changes-under-load,client-leaves,kill-nine,many-backends,parallel-streams}.test.ts',
  'tests/integration/runtimes/llama/load-and-queue.test.ts',
]
/** Suites that start whole servers, browsers and the desktop shell: two at a time, for much of theirs is waiting. */
const WHOLE = ['tests/{ui,desktop}/**/*.test.ts', 'tests/integration/{server,headless}/**/*.test.ts']

/**
 * `unit` and `integration` run the engine in plain Node; `renderer` runs stores and components in jsdom; `whole` drives
 * built servers and real Chromium; `alone` holds what measures them. `npm test` runs the first three together, then
 * `whole`, then `alone`.
 */
export default defineConfig({
  test: {
    // Vitest leaves one core free, which is half of a machine with two; much of what runs here waits for I/O.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve: { alias: { electron: noElectron } },
        test: {
          name: 'unit',
          environment: 'node',
          include: ['tests/{unit,architecture}/**/*.test.ts'],
          testTimeout: 15_000,
          // Modules are loaded once, not once a file: 21 s instead of 54 s. No unit keeps state between tests.
          isolate: false,
        },
      },
      {
        resolve: { alias: { electron: noElectron } },
        test: {
          name: 'integration',
          environment: 'node',
          include: ['tests/{integration,contract}/**/*.test.ts'],
          exclude: [...WHOLE, ...ALONE],
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
          // As above, and jsdom is made once: 46 s instead of 102 s. Every test renders anew and clears what it stored.
          isolate: false,
        },
      },
      {
        resolve: { alias: { electron: noElectron } },
        test: {
          name: 'whole',
          environment: 'node',
          include: WHOLE,
          exclude: ALONE,
          testTimeout: 90_000,
          hookTimeout: 120_000,
          pool: 'forks',
        },
      },
      {
        resolve: { alias: { electron: noElectron } },
        test: {
          name: 'alone',
          environment: 'node',
          include: ALONE,
          testTimeout: 90_000,
          hookTimeout: 120_000,
          pool: 'forks',
          fileParallelism: false,
        },
      },
    ],
  },
})
