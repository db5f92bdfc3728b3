import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatRequest } from '../../src/main/engine/spec/chat-request.ts'
import { type EngineError, isEngineError } from '../../src/main/engine/spec/engine-error.ts'
import type { ProviderAdapter, ProviderCall } from '../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../src/main/engine/spec/stream-part.ts'
import { stopwatch } from '../support/stopwatch.ts'
import { until } from '../support/until.ts'

/** What every adapter must be able to show, by name. */
export type ContractCase =
  | 'lists models'
  | 'streams text'
  | 'ends with length'
  | 'stops at a stop string'
  | 'calls a tool'
  | 'answers a tool result'
  | 'answers in JSON schema'
  | 'reasons aloud'
  | 'completes raw text'
  | 'embeds in order'
  | 'ends within 200 ms of an abort'
  | 'refuses an unknown model'
  | 'refuses images'
  | 'sees an image'
  | 'streams parallel tool calls'
  | 'embeds one and many'
  | 'keeps the upstream reason of an error'
  | 'rate limit is retryable'
  | 'ends a cut-off stream with an error'
  | 'says what it could not send'
  | 'reads half characters at chunk edges'
  | 'frees the socket within 200 ms of an abort'

export type Question = Omit<ChatRequest, 'model'>

/**
 * An adapter with something real (or a scripted upstream) behind it, and questions that bring each situation about.
 * What is optional may only be absent where its case is skipped.
 */
export interface ProviderHarness {
  adapter: ProviderAdapter
  chatModel: string
  embeddingModel: string
  /** Requests that the upstream's server is still answering, as that server sees it. */
  openRequests?(): number
  questions: {
    text: Question
    /** An answer of at least 200 tokens. */
    long: Question
    /** `stopAt` occurs in the answer to `text`. */
    stopAt: string
    tool: Question & { toolName: string }
    toolResult: Question
    jsonSchema: Question
    reasoning: Question
    rawPrompt: string
    /** `answer` occurs in the text only if the upstream got the picture. */
    image?: Question & { answer: string }
    /** The answer calls these tools, in this order, in one turn. */
    parallelTools?: Question & { toolNames: string[] }
    /** The upstream refuses it with a status from 400 on; `reason` occurs in the body of its answer. */
    failing?: Question & { reason: string }
    /** The upstream says 429. */
    rateLimited?: Question
    /** Each begins to answer with some text, and then the line is cut, or the answer ends without its last word. */
    cutOffs?: Question[]
    /** Holds `fields` that the upstream cannot be told; it answers all the same. */
    notSent?: Question & { fields: string[] }
    /** The server sends `text`, which holds characters of several bytes, in pieces that cut them. */
    halfCharacters?: Question & { text: string }
    /** The server takes the request and says nothing, not even a head. */
    silent?: Question
  }
  stop(): Promise<void>
}

/** Every gap is skipped by name, with its reason. */
export interface ContractSkip {
  case: ContractCase
  reason: string
}

/** The one suite that every provider adapter passes. */
export function providerContract(
  name: string,
  start: () => Promise<ProviderHarness>,
  skips: ContractSkip[] = [],
): void {
  describe(`provider contract: ${name}`, () => {
    let harness: ProviderHarness
    beforeAll(async () => {
      harness = await start()
    })
    afterAll(async () => {
      await harness?.stop()
    })

    function contractCase(title: ContractCase, run: () => Promise<void>): void {
      const skip = skips.find((each) => each.case === title)
      if (skip === undefined) it(title, run)
      else it.skip(`${title} (skipped: ${skip.reason})`, run)
    }

    function ask(
      question: Question,
      signal = new AbortController().signal,
      extras: Pick<ProviderCall<ChatRequest>, 'onNotSent'> = {},
    ): AsyncIterable<StreamPart> {
      return harness.adapter.chat({
        request: { model: harness.chatModel, ...question },
        upstreamModel: harness.chatModel,
        requestId: 'contract',
        signal,
        ...extras,
      })
    }

    contractCase('lists models', async () => {
      const models = await harness.adapter.listModels()
      const found = models.find((model) => model.upstreamModel === harness.chatModel)
      expect(found).toMatchObject({ state: 'ready' })
      expect(found?.capabilities).toContain('chat')
      expect(found?.digest).toMatch(/^[0-9a-f]{12,}$/)
    })

    contractCase('streams text', async () => {
      const parts = await collect(ask(harness.questions.text))
      expect(textOf(parts).trim()).not.toBe('')
      expectOneEnd(parts, 'stop')
      const usage = parts.find((part) => part.type === 'usage')
      expect(usage?.usage.promptTokens).toBeGreaterThan(0)
      expect(usage?.usage.completionTokens).toBeGreaterThan(0)
    })

    contractCase('ends with length', async () => {
      const long = harness.questions.long
      const parts = await collect(ask({ ...long, sampling: { ...long.sampling, maxTokens: 5 } }))
      expectOneEnd(parts, 'length')
      expect(parts.find((part) => part.type === 'usage')?.usage.completionTokens).toBeLessThanOrEqual(5)
    })

    contractCase('stops at a stop string', async () => {
      const { text, stopAt } = harness.questions
      const whole = textOf(await collect(ask(text)))
      expect(whole).toContain(stopAt)
      const parts = await collect(ask({ ...text, sampling: { ...text.sampling, stop: [stopAt] } }))
      expect(textOf(parts).trimEnd()).toBe(whole.slice(0, whole.indexOf(stopAt)).trimEnd())
      expectOneEnd(parts, 'stop')
    })

    contractCase('calls a tool', async () => {
      const parts = await collect(ask(harness.questions.tool))
      expectOneEnd(parts, 'tool-calls')
      const calls = parts.filter((part) => part.type === 'tool-call-delta')
      expect(calls[0]).toMatchObject({
        index: 0,
        name: harness.questions.tool.toolName,
        id: expect.stringMatching(/./),
      })
      const argumentText = calls.filter((call) => call.index === 0).map((call) => call.argumentsDelta)
      expect(JSON.parse(argumentText.join(''))).toBeTypeOf('object')
    })

    contractCase('answers a tool result', async () => {
      const parts = await collect(ask(harness.questions.toolResult))
      expect(textOf(parts).trim()).not.toBe('')
      expectOneEnd(parts, 'stop')
    })

    contractCase('answers in JSON schema', async () => {
      const parts = await collect(ask(harness.questions.jsonSchema))
      expect(JSON.parse(textOf(parts))).toBeTypeOf('object')
      expectOneEnd(parts, 'stop')
    })

    contractCase('reasons aloud', async () => {
      const parts = await collect(ask(harness.questions.reasoning))
      const kinds = parts.map((part) => part.type)
      expect(kinds).toContain('reasoning-delta')
      expect(kinds.indexOf('reasoning-delta')).toBeLessThan(kinds.indexOf('text-delta'))
      expect(textOf(parts)).not.toContain('<think>')
    })

    contractCase('completes raw text', async () => {
      const parts = await collect(
        harness.adapter.complete({
          request: { model: harness.chatModel, prompt: harness.questions.rawPrompt, sampling: { maxTokens: 8 } },
          upstreamModel: harness.chatModel,
          requestId: 'contract',
          signal: new AbortController().signal,
        }),
      )
      expect(parts.at(-1)?.type).toBe('finish')
    })

    contractCase('embeds in order', async () => {
      const embed = (inputs: string[]) =>
        harness.adapter.embed({
          request: { model: harness.embeddingModel, inputs },
          upstreamModel: harness.embeddingModel,
          requestId: 'contract',
          signal: new AbortController().signal,
        })
      const both = await embed(['a red fox', 'a blue whale swims'])
      const second = await embed(['a blue whale swims'])
      expect(both.embeddings).toHaveLength(2)
      expect(similarity(both.embeddings[1], second.embeddings[0])).toBeGreaterThan(0.999)
      expect(similarity(both.embeddings[0], second.embeddings[0])).toBeLessThan(0.999)
      expect(both.promptTokens).toBeGreaterThan(0)
    })

    contractCase('ends within 200 ms of an abort', async () => {
      const abort = new AbortController()
      let sinceAbort = (): number => Number.NaN
      const read = async () => {
        for await (const part of ask(harness.questions.long, abort.signal)) {
          if (part.type === 'text-delta' && !abort.signal.aborted) {
            sinceAbort = stopwatch()
            abort.abort()
          }
        }
      }
      await expect(read()).rejects.toMatchObject({ code: 'aborted' })
      expect(sinceAbort()).toBeLessThan(200)
    })

    contractCase('refuses an unknown model', async () => {
      const parts = harness.adapter.chat({
        request: { ...harness.questions.text, model: 'nobody' },
        upstreamModel: 'nobody',
        requestId: 'contract',
        signal: new AbortController().signal,
      })
      await expect(collect(parts)).rejects.toMatchObject({ code: 'model_not_found' })
    })

    contractCase('refuses images', async () => {
      const image = { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=' } as const
      const question: Question = { messages: [{ role: 'user', content: [image] }], sampling: {} }
      await expect(collect(ask(question))).rejects.toMatchObject({ code: 'unsupported' })
    })

    contractCase('sees an image', async () => {
      const image = given(harness.questions.image, 'image')
      const parts = await collect(ask(image))
      expect(textOf(parts)).toContain(image.answer)
      expectOneEnd(parts, 'stop')
    })

    contractCase('streams parallel tool calls', async () => {
      const question = given(harness.questions.parallelTools, 'parallelTools')
      const parts = await collect(ask(question))
      expectOneEnd(parts, 'tool-calls')
      const calls = new Map<number, { id: string | undefined; name: string | undefined; text: string }>()
      for (const part of parts) {
        if (part.type !== 'tool-call-delta') continue
        const call = calls.get(part.index)
        if (call === undefined) calls.set(part.index, { id: part.id, name: part.name, text: part.argumentsDelta })
        else call.text += part.argumentsDelta
      }
      expect([...calls.keys()]).toEqual(question.toolNames.map((_name, index) => index))
      expect([...calls.values()].map((call) => call.name)).toEqual(question.toolNames)
      expect(new Set([...calls.values()].map((call) => call.id)).size).toBe(question.toolNames.length)
      for (const call of calls.values()) {
        expect(call.id).toMatch(/./)
        expect(JSON.parse(call.text)).toBeTypeOf('object')
      }
    })

    contractCase('embeds one and many', async () => {
      const embed = (inputs: string[]) =>
        harness.adapter.embed({
          request: { model: harness.embeddingModel, inputs },
          upstreamModel: harness.embeddingModel,
          requestId: 'contract',
          signal: new AbortController().signal,
        })
      const one = await embed(['number 7'])
      expect(one.embeddings).toHaveLength(1)
      const many = await embed(Array.from({ length: 40 }, (_each, index) => `number ${index}`))
      expect(many.embeddings).toHaveLength(40)
      expect(similarity(many.embeddings[7], one.embeddings[0])).toBeGreaterThan(0.999)
      for (const vector of many.embeddings) {
        expect(vector).toBeInstanceOf(Float32Array)
        expect(vector).toHaveLength(one.embeddings[0]?.length ?? 0)
        expect(similarity(vector, vector)).toBeCloseTo(1, 3)
      }
    })

    contractCase('keeps the upstream reason of an error', async () => {
      const failing = given(harness.questions.failing, 'failing')
      const error = await failureOf(ask(failing))
      expect(error.message).toMatch(/./)
      expect(error.upstream?.provider).toMatch(/./)
      expect(error.upstream?.status).toBeGreaterThanOrEqual(400)
      expect(`${error.message} ${error.upstream?.bodyExcerpt ?? ''}`).toContain(failing.reason)
    })

    contractCase('rate limit is retryable', async () => {
      const error = await failureOf(ask(given(harness.questions.rateLimited, 'rateLimited')))
      expect(error).toMatchObject({ code: 'rate_limited', retryable: true, upstream: { status: 429 } })
    })

    contractCase('ends a cut-off stream with an error', async () => {
      for (const question of given(harness.questions.cutOffs, 'cutOffs')) {
        const seen: StreamPart[] = []
        const error = await failureOf(ask(question), seen)
        expect(error).toMatchObject({ code: 'upstream_error', retryable: true })
        expect(textOf(seen)).not.toBe('')
        expect(seen.some((part) => part.type === 'finish')).toBe(false)
      }
    })

    contractCase('says what it could not send', async () => {
      const question = given(harness.questions.notSent, 'notSent')
      const order: string[] = []
      const notSent: string[] = []
      const parts = ask(question, new AbortController().signal, {
        onNotSent: (fields) => {
          order.push('not sent')
          notSent.push(...fields)
        },
      })
      for await (const part of parts) order.push(part.type)
      expect(notSent.toSorted()).toEqual(question.fields.toSorted())
      expect(order[0]).toBe('not sent')
      expect(order.at(-1)).toBe('finish')
    })

    contractCase('reads half characters at chunk edges', async () => {
      const question = given(harness.questions.halfCharacters, 'halfCharacters')
      expect(Buffer.byteLength(question.text)).toBeGreaterThan(question.text.length)
      expect(textOf(await collect(ask(question)))).toBe(question.text)
    })

    contractCase('frees the socket within 200 ms of an abort', async () => {
      const openRequests = given(harness.openRequests?.bind(harness), 'openRequests')
      const freed = () => until('the upstream sees the end', () => (openRequests() === 0 ? true : null), 200)
      await until('nothing runs', () => (openRequests() === 0 ? true : null))

      const abort = new AbortController()
      const read = async () => {
        for await (const part of ask(harness.questions.long, abort.signal)) {
          if (part.type !== 'text-delta') continue
          expect(openRequests()).toBe(1)
          abort.abort()
        }
      }
      await expect(read()).rejects.toMatchObject({ code: 'aborted' })
      await freed()

      // A reader that simply leaves has to free it as well.
      for await (const part of ask(harness.questions.long)) if (part.type === 'text-delta') break
      await freed()

      if (harness.questions.silent === undefined) return
      const waiting = new AbortController()
      const silence = collect(ask(harness.questions.silent, waiting.signal))
      const outcome = expect(silence).rejects.toMatchObject({ code: 'aborted' })
      await until('the upstream has the request', () => (openRequests() === 1 ? true : null))
      waiting.abort()
      await freed()
      await outcome
    })
  })
}

/** What a case needs of its harness; a case that cannot apply is skipped by name instead. */
function given<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The harness lacks '${name}': give it, or skip the case with its reason.`)
  return value
}

/** The EngineError that an answer ends with; `seen` takes the parts before it. */
async function failureOf(parts: AsyncIterable<StreamPart>, seen: StreamPart[] = []): Promise<EngineError> {
  try {
    for await (const part of parts) seen.push(part)
  } catch (error) {
    if (isEngineError(error)) return error
    throw error
  }
  throw new Error(`It ended without an error, after ${JSON.stringify(seen.slice(-3))}`)
}

async function collect(parts: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const all: StreamPart[] = []
  for await (const part of parts) all.push(part)
  return all
}

function textOf(parts: StreamPart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')
}

function expectOneEnd(parts: StreamPart[], reason: string): void {
  expect(parts.filter((part) => part.type === 'finish' || part.type === 'error')).toEqual([
    expect.objectContaining({ type: 'finish', reason }),
  ])
  expect(parts.at(-1)?.type).toBe('finish')
}

function similarity(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined || a.length !== b.length) return Number.NaN
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}
