import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatRequest } from '../../src/main/engine/spec/chat-request.ts'
import type { ProviderAdapter } from '../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../src/main/engine/spec/stream-part.ts'

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

type Question = Omit<ChatRequest, 'model'>

/** An adapter with something real (or a scripted upstream) behind it, and questions that bring each situation about. */
export interface ProviderHarness {
  adapter: ProviderAdapter
  chatModel: string
  embeddingModel: string
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

    function ask(question: Question, signal = new AbortController().signal): AsyncIterable<StreamPart> {
      return harness.adapter.chat({
        request: { model: harness.chatModel, ...question },
        upstreamModel: harness.chatModel,
        requestId: 'contract',
        signal,
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
      let abortedAt = 0
      const read = async () => {
        for await (const part of ask(harness.questions.long, abort.signal)) {
          if (part.type === 'text-delta' && abortedAt === 0) {
            abortedAt = performance.now()
            abort.abort()
          }
        }
      }
      await expect(read()).rejects.toMatchObject({ code: 'aborted' })
      expect(performance.now() - abortedAt).toBeLessThan(200)
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
  })
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
