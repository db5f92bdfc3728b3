import { onTestFinished } from 'vitest'
import { createUpstream, type UpstreamOptions } from '../../src/main/engine/http/create-upstream.ts'
import type { EngineError } from '../../src/main/engine/spec/engine-error.ts'
import type { Upstream, UpstreamRequest } from '../../src/main/engine/spec/upstream.ts'
import { type ConnectionConfig, connectionConfigSchema } from '../../src/shared/connections.ts'
import { createTestLog, type LogLine } from './test-log.ts'

export const CANARY_KEY = 'sk-canary-0123456789abcdef/+&"z9Q4'

/** An upstream named Workstation with the canary key; closes when the test ends. */
export function testUpstream(
  baseUrl: string,
  config: Partial<ConnectionConfig> = {},
  options: Partial<Omit<UpstreamOptions, 'config'>> = {},
): Upstream & { lines: LogLine[] } {
  const log = createTestLog()
  const upstream = createUpstream({
    config: { ...connectionConfigSchema.parse({ provider: 'openai', baseUrl }), ...config },
    title: 'Workstation',
    secrets: { keys: [CANARY_KEY], headers: {} },
    log,
    ...options,
  })
  onTestFinished(() => {
    // Not awaited: a test may leave an answer running on purpose.
    void upstream.close()
  })
  return Object.assign(upstream, { lines: log.lines })
}

export function get(path: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return { method: 'GET', path, signal: new AbortController().signal, ...more }
}

export function post(
  path: string,
  body: UpstreamRequest['body'] & {},
  more: Partial<UpstreamRequest> = {},
): UpstreamRequest {
  return { method: 'POST', path, body, signal: new AbortController().signal, ...more }
}

export async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** What a promise fails with; fails itself if it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<EngineError> {
  try {
    await promise
  } catch (error) {
    return error as EngineError
  }
  throw new Error('It did not fail.')
}
