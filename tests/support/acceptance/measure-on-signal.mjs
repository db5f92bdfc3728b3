// Loaded into a served process by NODE_OPTIONS (see measured-serve.ts): on SIGUSR2 it collects garbage and writes what is
// left to the file that MEASURE_FILE names.
import { renameSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.env.MEASURE_FILE !== undefined) {
  process.on('SIGUSR2', () => {
    globalThis.gc()
    // Once more in a later turn: what finalizers and closed sockets let go of.
    setTimeout(() => {
      globalThis.gc()
      const { heapUsed, external, rss } = process.memoryUsage()
      const handles = {}
      for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1
      const file = process.env.MEASURE_FILE
      writeFileSync(`${file}.part`, JSON.stringify({ heapUsed, external, rss, handles }))
      renameSync(`${file}.part`, file)
    }, 50)
  })
}
