import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contractClient } from '../../support/contract-client.ts'
import { anthropicMatrixClient } from '../../support/matrix/anthropic-client.ts'
import { type MatrixAnswer, type MatrixClient, MatrixError, type MatrixQuestion } from '../../support/matrix/client.ts'
import { type Cell, compatibilityTable, FEATURES, type Feature } from '../../support/matrix/compatibility-table.ts'
import { ollamaMatrixClient } from '../../support/matrix/ollama-client.ts'
import { openAiMatrixClient } from '../../support/matrix/openai-client.ts'
import {
  type MatrixUpstream,
  startMatrixUpstreams,
  UPSTREAMS,
  type UpstreamName,
} from '../../support/matrix/upstreams.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { until } from '../../support/until.ts'

/**
 * Client dialects (official SDKs) x upstreams x streamed or not x features, over the built server. Every cell passes or is
 * skipped by name with its reason. UPDATE_DOCS=1 writes what it found to docs/compatibility.md; without it the file must
 * say just that.
 */
const CLIENTS = ['openai', 'ollama', 'anthropic'] as const
type ClientName = (typeof CLIENTS)[number]
const DOCUMENT = join(import.meta.dirname, '..', '..', '..', 'docs', 'compatibility.md')

/** A 1x1 PNG. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const SCHEMA = {
  type: 'object',
  properties: { title: { type: 'string' }, age: { type: 'integer' } },
  required: ['title', 'age'],
  additionalProperties: false,
}

/** Cells that cannot be, with the reason. */
function gap(client: ClientName, upstream: UpstreamName, feature: Feature, stream: boolean): string | null {
  if (feature === 'embeddings') {
    if (client === 'anthropic') return 'the Anthropic API has no embeddings'
    if (upstream === 'anthropic') return 'Anthropic offers no embeddings (refused with a clear error)'
    if (stream) return 'embeddings are not streamed in any dialect'
  }
  if (feature === 'reasoning' && upstream === 'azure') return 'OpenAI’s models keep their thoughts to themselves'
  if (upstream === 'llama') {
    if (feature === 'image') return 'GGUF models do not see yet (refused with a clear error)'
    if (feature === 'upstream error') return 'there is no upstream: the runtime is in-process'
    if (feature === 'cut-off stream') return 'there is no line that could break: the runtime is in-process'
  }
  if (feature === 'cut-off stream' && !stream) return 'a whole answer that breaks off is an upstream error'
  return null
}

let serve: ServeProcess
let upstreams: Record<UpstreamName, MatrixUpstream>
let clients: Record<ClientName, MatrixClient>
const cells: Cell[] = []

beforeAll(async () => {
  upstreams = await startMatrixUpstreams()
  serve = await startServe()
  const { connections, models } = contractClient(serve.url)
  for (const name of UPSTREAMS) {
    const { connection } = upstreams[name]
    if (connection !== null) await connections.create(connection)
  }
  await until('every upstream lists its models', async () => {
    const ids = new Set((await models.catalog()).map(({ id }) => id))
    return UPSTREAMS.every((name) => ids.has(upstreams[name].chat)) ? true : null
  })
  clients = {
    openai: openAiMatrixClient(serve.url),
    ollama: ollamaMatrixClient(serve.url),
    anthropic: anthropicMatrixClient(serve.url),
  }
})
afterAll(async () => {
  await serve?.end()
  for (const name of UPSTREAMS) await upstreams?.[name].stop()
})

function expectUsage(answer: MatrixAnswer): void {
  expect(answer.promptTokens).toBeGreaterThan(0)
  expect(answer.completionTokens).toBeGreaterThan(0)
}

async function failureOf(asking: Promise<unknown>): Promise<MatrixError['failure']> {
  const outcome = await asking.then(
    (answer) => answer,
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(MatrixError)
  return (outcome as MatrixError).failure
}

const CHECKS: Record<Feature, (client: MatrixClient, name: UpstreamName, stream: boolean) => Promise<void>> = {
  async text(client, name, stream) {
    const upstream = upstreams[name]
    const question = { text: 'Tell me a joke', system: 'You are kind.' }
    const answer = await client.ask(upstream.chat, question, stream)
    expect(answer.text.length).toBeGreaterThan(10)
    expect(answer.finish).toBe('stop')
    expect(answer.toolCalls).toEqual([])
    expectUsage(answer)
    const cut = await client.ask(upstream.chat, { ...question, maxTokens: 3 }, stream)
    expect(cut.finish).toBe('length')
  },
  async image(client, name, stream) {
    const answer = await client.ask(upstreams[name].chat, { text: 'What is in this picture?', image: PNG }, stream)
    expect(answer.text).toContain(`I see 1 picture(s) of ${Buffer.from(PNG, 'base64').length} bytes.`)
  },
  async 'tool call and result'(client, name, stream) {
    const upstream = upstreams[name]
    const isReal = name === 'llama'
    const question: MatrixQuestion = {
      text: isReal ? 'What is the weather in Paris?' : 'What are the weather and the time in Paris?',
      tools: true,
    }
    const called = await client.ask(upstream.chat, question, stream)
    expect(called.finish).toBe('tool_calls')
    expect(called.toolCalls.map(({ name: tool }) => tool)).toEqual(
      isReal ? ['get_weather'] : ['get_weather', 'get_time'],
    )
    for (const call of called.toolCalls) expect(call.arguments).toEqual({ city: 'Paris' })
    const toolResult = { name: 'get_weather', arguments: { city: 'Paris' }, content: '21 degrees and sunny' }
    const told = await client.ask(upstream.chat, { text: question.text, toolResult }, stream)
    expect(told.finish).toBe('stop')
    expect(told.toolCalls).toEqual([])
    if (isReal) expect(told.text.trim()).not.toBe('')
    else expect(told.text).toContain('21 degrees and sunny')
  },
  async reasoning(client, name, stream) {
    const text = name === 'llama' ? 'Why is the sky blue?' : 'Tell me a joke'
    const answer = await client.ask(upstreams[name].reasoning, { text, reasoning: true }, stream)
    expect(answer.reasoning.length).toBeGreaterThan(5)
    expect(answer.text.length).toBeGreaterThan(5)
    expect(answer.text).not.toContain('<think>')
  },
  async 'JSON schema'(client, name, stream) {
    const answer = await client.ask(upstreams[name].chat, { text: 'Describe a person', schema: SCHEMA }, stream)
    const value: unknown = JSON.parse(answer.text)
    expect(value).toEqual({ title: expect.any(String), age: expect.any(Number) })
  },
  async embeddings(client, name) {
    const model = upstreams[name].embedding
    if (model === null || client.embed === null) throw new Error('this cell should have been skipped')
    const both = await client.embed(model, ['a red fox', 'a blue whale swims'])
    const [single] = await client.embed(model, 'a blue whale swims')
    expect(both).toHaveLength(2)
    const [first, second] = both
    expect(similarity(second, single)).toBeGreaterThan(0.999)
    expect(similarity(first, single)).toBeLessThan(0.999)
  },
  async 'upstream error'(client, name, stream) {
    const failure = await failureOf(client.ask(upstreams[name].chat, { text: 'Please fail #429' }, stream))
    expect(failure.status).toBe(429)
    // The upstream's own words are kept.
    expect(failure.message).toMatch(/too many requests|rate limit/i)
    expect(failure.text).toBe('')
  },
  async 'cut-off stream'(client, name) {
    const failure = await failureOf(client.ask(upstreams[name].chat, { text: 'Break off #cut' }, true))
    expect(failure.text).toBe('Once upon ')
    expect(failure.message).toMatch(/broke|cut|closed|ended/i)
  },
}

for (const upstream of UPSTREAMS) {
  for (const client of CLIENTS) {
    describe(`${client} client, ${upstream} upstream`, () => {
      for (const feature of FEATURES) {
        for (const stream of [false, true]) {
          const reason = gap(client, upstream, feature, stream)
          const title = `${feature}, ${stream ? 'streamed' : 'whole'}`
          if (reason !== null) {
            cells.push({ client, upstream, feature, stream, outcome: 'skipped', reason })
            it.skip(`${title} (skipped: ${reason})`, () => {})
            continue
          }
          it(title, async () => {
            const cell: Cell = { client, upstream, feature, stream, outcome: 'failed', reason: null }
            cells.push(cell)
            await CHECKS[feature](clients[client], upstream, stream)
            cell.outcome = 'passed'
          })
        }
      }
    })
  }
}

describe('the table', () => {
  it('is what docs/compatibility.md says', () => {
    const table = compatibilityTable(cells, CLIENTS, UPSTREAMS)
    console.log(table)
    if (process.env.UPDATE_DOCS === '1') writeFileSync(DOCUMENT, table)
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(table)
  })
})

function similarity(a: readonly number[] | undefined, b: readonly number[] | undefined): number {
  if (a === undefined || b === undefined || a.length !== b.length) return Number.NaN
  const dot = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
  return dot / (Math.hypot(...a) * Math.hypot(...b))
}
