import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MeasuredProcess, startProcess } from './process.ts'

const SERVE = join(import.meta.dirname, '..', '..', 'out', 'main', 'serve.js')
const PROVIDERS = ['openai', 'ollama', 'anthropic'] as const

/** The built headless Switchyard, with an API key of its owner: clients on a network bring one. */
export interface Product extends MeasuredProcess {
  key: string
}

/** Starts the product with one connection of each provider to an upstream; each is its models' prefix. */
export async function startProduct(upstream: string): Promise<Product> {
  const data = mkdtempSync(join(tmpdir(), 'switchyard-bench-'))
  const server = await startProcess(SERVE, '--port', '0', '--data', data)
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
  const { api_key: key } = (await ask('/api/v1/auths/api_key', {})) as { api_key: string }
  return {
    ...server,
    key,
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
