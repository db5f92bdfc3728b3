import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { residentMegabytes } from './child.ts'
import { type MeasuredProcess, startProcess } from './process.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** How long a fresh server is left alone before its idle memory is read: what it does at start is over by then. */
const SETTLE_MS = 3_000
const PROVIDERS = ['openai', 'ollama', 'anthropic'] as const
/** The stub's models that are measured against limits. */
const MODELS = ['instant', 'steady'] as const

/** The id of a preset over a model: limits hold with another name and with parameters put in, as people use models. */
export function presetOver(model: string): string {
  return `preset-${model}`
}

/** The built headless Switchyard, with an API key of its owner: clients on a network bring one. */
export interface Product extends MeasuredProcess {
  key: string
  /** Resident memory before anything was asked of it, MB. */
  idleMegabytes: number
}

/** What `npm run serve` gives Node: the limits of its heaps. */
function nodeFlags(root: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { serve: string } }
  return scripts.serve.split(' ').filter((word) => word.startsWith('--'))
}

/** Which build runs, and how: two of them side by side are compared by running them in turn. */
export interface ProductBuild {
  /** The checkout whose build it is. Default: this one. */
  root?: string
  /** Node's flags. Default: those of that checkout's `npm run serve`. */
  flags?: readonly string[]
}

/** Starts the product with one connection of each provider to an upstream; each is its models' prefix. And its presets. */
export async function startProduct(upstream: string, { root = ROOT, flags }: ProductBuild = {}): Promise<Product> {
  const data = mkdtempSync(join(tmpdir(), 'switchyard-bench-'))
  const serve = join(root, 'out', 'main', 'serve.js')
  const server = await startProcess(...(flags ?? nodeFlags(root)), serve, '--port', '0', '--data', data)
  await setTimeout(SETTLE_MS)
  const idleMegabytes = await residentMegabytes(server.pid)
  for (const provider of PROVIDERS) {
    const baseUrl = provider === 'openai' ? `${upstream}/v1` : upstream
    const { id } = await call<{ id: string }>('connections/create', {
      provider,
      baseUrl,
      name: provider,
      prefixId: provider,
    })
    await call('connections/refresh', { id })
  }
  for (const model of MODELS) {
    const params = { temperature: 0.7, top_p: 0.9 }
    const id = presetOver(model)
    await ask('/api/v1/models/create', { id, name: id, base_model_id: `openai.${model}`, params, meta: {} })
  }
  const { api_key: key } = (await ask('/api/v1/auths/api_key', {})) as { api_key: string }
  return {
    ...server,
    key,
    idleMegabytes,
    async end() {
      await server.end()
      rmSync(data, { recursive: true, force: true })
    },
  }

  async function call<Result>(procedure: string, input: object): Promise<Result> {
    return ((await ask(`/rpc/${procedure}`, { json: input })) as { json: Result }).json
  }

  async function ask(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
}
