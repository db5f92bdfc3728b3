import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { DemoVariant } from '../src/main/engine/runtimes/llama/demo/demo-model.ts'
import { writeDemoModel } from '../src/main/engine/runtimes/llama/demo/write-demo-model.ts'

// Usage: npm run demo-models            writes resources/models/demo.gguf
//        npm run demo-models -- --tests DIR   writes the variants for tests into DIR as well
const { values } = parseArgs({ options: { tests: { type: 'string' } } })
const root = fileURLToPath(new URL('..', import.meta.url))

const targets: [DemoVariant, string][] = [['demo', join(root, 'resources', 'models', 'demo.gguf')]]
if (values.tests !== undefined) {
  targets.push(['demo-long', join(values.tests, 'demo-long.gguf')])
  targets.push(['demo-embed', join(values.tests, 'demo-embed.gguf')])
}
for (const [variant, path] of targets) {
  const written = await writeDemoModel(variant, path)
  console.log(`${written.path}: ${(written.bytes / 1024).toFixed(0)} kB`)
}
