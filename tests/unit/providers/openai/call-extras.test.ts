import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { CallExtrasMemory } from '../../../../src/main/engine/providers/openai/call-extras-memory.ts'
import { createChatApi } from '../../../../src/main/engine/providers/openai/chat-api.ts'
import { COMPATIBLE, VENDORS } from '../../../../src/main/engine/providers/openai/vendor-table.ts'
import type { ChatMessage } from '../../../../src/main/engine/spec/chat-request.ts'
import { collectAnswer } from '../../../../src/main/engine/wire/collect-answer.ts'
import { upstreamTo } from '../../../support/upstreams/connect-openai.ts'

const GOOGLE = VENDORS.find(({ vendor }) => vendor === 'google') ?? COMPATIBLE
const SIGNED = { google: { thought_signature: 'c2lnbmF0dXJl' } }
const UNSIGNED = { google: { thought_signature: 'skip_thought_signature_validator' } }
const HI: ChatMessage = { role: 'user', content: [{ type: 'text', text: 'Weather and time?' }] }

type Sent = { messages: { tool_calls?: { extra_content?: unknown }[] }[] }

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A chat with a server that calls two tools at once and, as Gemini does, signs the first; and what it was sent. */
async function connect(vendor = GOOGLE, calls: object[][] = TWO_CALLS) {
  const sent: Sent[] = []
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    sent.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Sent)
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const tool_calls of calls) res.write(`data: ${JSON.stringify({ choices: [{ delta: { tool_calls } }] })}\n\n`)
    res.end('data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const upstream = upstreamTo({ provider: 'openai', baseUrl: `http://127.0.0.1:${port}/v1` })
  closing.push(async () => {
    await upstream.close()
    await new Promise((resolve) => server.close(resolve))
  })
  const path = () => '/chat/completions'
  const paths = { chat: path, completions: path, embeddings: path, responses: '/responses' }
  const api = createChatApi({ upstream, vendor: () => vendor, paths })
  return {
    async ask(messages: ChatMessage[], model = 'gemini-3-pro-preview') {
      const signal = new AbortController().signal
      const request = { model, messages, sampling: {} }
      return collectAnswer(api.chat({ request, upstreamModel: model, requestId: 'r', signal }))
    },
    /** What the last request had beside its calls. */
    extras: () =>
      sent
        .at(-1)
        ?.messages.flatMap((message) => message.tool_calls ?? [])
        .map((call) => call.extra_content),
  }
}

const call = (index: number, id: string, name: string, more: object = {}) => ({
  index,
  id,
  type: 'function',
  function: { name, arguments: '{}' },
  ...more,
})
const TWO_CALLS = [[call(0, 'a', 'weather', { extra_content: SIGNED }), call(1, 'b', 'time')]]

function turn(toolCalls: { id: string; name: string; arguments: string }[]): ChatMessage[] {
  const results = toolCalls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: 'Rain' }))
  return [HI, { role: 'assistant', content: '', toolCalls }, ...results]
}

describe("Gemini's signature of a tool call", () => {
  test.each<[string, object[][]]>([
    ['with the call', TWO_CALLS],
    ['without an id', [[call(0, '', 'weather', { extra_content: SIGNED }), call(1, '', 'time')]]],
    [
      'before its name',
      [
        [{ index: 0, id: 'a', function: { arguments: '' }, extra_content: SIGNED }],
        [call(0, 'a', 'weather'), call(1, 'b', 'time')],
      ],
    ],
    [
      'after it',
      [
        [call(0, 'a', 'weather'), call(1, 'b', 'time')],
        [{ index: 0, function: { arguments: '' }, extra_content: SIGNED }],
      ],
    ],
  ])('goes back with it: %s', async (_name, calls) => {
    const { ask, extras } = await connect(GOOGLE, calls)
    const { toolCalls } = await ask([HI])
    expect(toolCalls.map(({ name }) => name)).toEqual(['weather', 'time'])
    await ask(turn(toolCalls))
    expect(extras()).toEqual([SIGNED, undefined])
  })

  test('has a stand-in where a call came from elsewhere, or nobody has it any more', async () => {
    const { ask, extras } = await connect()
    const calls = ['x', 'y'].map((id) => ({ id, name: 'f', arguments: '{}' }))
    await ask(turn(calls), 'models/gemini-3-flash')
    expect(extras()).toEqual([UNSIGNED, undefined])
    await ask(turn(calls), 'gemini-2.5-pro')
    expect(extras()).toEqual([undefined, undefined])
  })

  test('goes back to whatever server gave it, and is made up for no other', async () => {
    const { ask, extras } = await connect(COMPATIBLE)
    const { toolCalls } = await ask([HI])
    await ask(turn(toolCalls))
    expect(extras()).toEqual([SIGNED, undefined])
    await ask(turn([{ id: 'x', name: 'f', arguments: '{}' }]))
    expect(extras()).toEqual([undefined])
  })
})

test('what is kept is bounded, and what was asked for last stays longest', () => {
  const memory = new CallExtrasMemory()
  const large = (name: string) => ({ name, text: 'x'.repeat(1_500_000) })
  memory.keep('a', large('a'))
  memory.keep('b', large('b'))
  expect(memory.of('a')).toMatchObject({ name: 'a' })
  memory.keep('c', large('c'))
  expect(['a', 'b', 'c'].map((id) => memory.of(id)?.name)).toEqual(['a', undefined, 'c'])
  memory.keep('a', { name: 'new' })
  memory.keep('d', large('d'))
  expect(['a', 'c', 'd'].map((id) => memory.of(id)?.name)).toEqual(['new', 'c', 'd'])
  memory.keep('e', { name: 'e', text: 'x'.repeat(5_000_000) })
  expect(['a', 'c', 'd', 'e'].map((id) => memory.of(id)?.name)).toEqual([undefined, undefined, undefined, undefined])
})
