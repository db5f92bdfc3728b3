import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { createEngine } from '../../src/main/engine/index.ts'
import type { StreamPart } from '../../src/main/engine/spec/stream-part.ts'
import { createGateway } from '../../src/main/gateway/index.ts'
import { createRpcHttpHandler } from '../../src/main/rpc/index.ts'
import { benchFile, startProcess } from './process.ts'
import { measureRawEvaluate } from './raw-evaluate.ts'
import { seedChats } from './seed-chats.ts'

// The engine and gateway in a process of their own, with connections to the stub upstream beside the real llama one.
const ROOT = join(import.meta.dirname, '..', '..')
const OUT = join(ROOT, 'out', 'main')
const TOKENS = 600
const demo = join(ROOT, 'resources', 'models', 'demo.gguf')
const dataFolder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'))
const seeded = seedChats(dataFolder)
const stub = await startProcess(benchFile('stub-upstream.ts'))
const upstream = stub.url

const engine = await createEngine({
  dataFolder,
  mode: 'headless',
  version: 'bench',
  workers: {
    llama: pathToFileURL(join(OUT, 'llama-worker.js')),
    llamaTrial: pathToFileURL(join(OUT, 'llama-trial.js')),
    storage: pathToFileURL(join(OUT, 'storage-worker.js')),
  },
  builtInModels: [{ id: 'demo', path: demo }],
  environment: process.env,
})
for (const provider of ['openai', 'ollama', 'anthropic'] as const) {
  const baseUrl = provider === 'openai' ? `${upstream}/v1` : upstream
  const connection = await engine.connections.create({ provider, baseUrl, name: provider, prefixId: provider })
  await engine.connections.refresh(connection.id)
}
engine.settings.update({ welcomed: true })
const gateway = createGateway({
  engine,
  host: '127.0.0.1',
  port: 0,
  rendererFolder: join(ROOT, 'out', 'renderer'),
  rpcHandler: createRpcHttpHandler(engine),
})
const { url } = await gateway.listen()

const delay = monitorEventLoopDelay({ resolution: 1 })
const answers: Record<string, () => Promise<object> | object> = {
  raw: () => measureRawEvaluate(demo, TOKENS),
  runtime: measureRuntime,
  'delay:start': () => {
    delay.reset()
    delay.enable()
    return {}
  },
  'delay:stop': () => {
    delay.disable()
    return { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 }
  },
}

/** Our runtime without HTTP: from asking to the first delta, and per token after it. */
async function measureRuntime(): Promise<object> {
  const startedAt = performance.now()
  let firstAt = Number.NaN
  let tokens = 0
  const request = {
    model: 'demo',
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Go on in an endless loop' }] }],
    sampling: { temperature: 0, maxTokens: TOKENS },
  }
  const parts: AsyncIterable<StreamPart> = engine.runtime.chat('demo', request, new AbortController().signal)
  for await (const part of parts) {
    if (part.type === 'text-delta' && Number.isNaN(firstAt)) firstAt = performance.now()
    if (part.type === 'usage') tokens = part.usage.completionTokens
  }
  if (tokens < TOKENS) throw new Error(`only ${tokens} of ${TOKENS} tokens were generated`)
  return { ttftMs: firstAt - startedAt, usPerToken: ((performance.now() - firstAt) * 1000) / (tokens - 1) }
}

process.on('message', ({ question }: { question: string }) => {
  void Promise.resolve(answers[question]?.()).then(
    (answer) => process.send?.(answer ?? { error: `unknown question ${question}` }),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.once('SIGTERM', () => {
  void gateway
    .close()
    .then(() => engine.close())
    .then(() => stub.end())
    .finally(() => {
      rmSync(dataFolder, { recursive: true, force: true })
      process.exit(0)
    })
})
process.send?.({ url, upstream, ...seeded })
