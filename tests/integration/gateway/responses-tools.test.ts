import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, FAKE_USAGE, type FakeEngine, says } from '../../support/fake-engine.ts'
import { post } from '../../support/http-client.ts'

let engine: FakeEngine
let gateway: Gateway
let port: number
let client: OpenAI

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  port = (await gateway.listen()).port
  client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'unused', maxRetries: 0 })
})
afterEach(() => gateway.close())

type Tool = OpenAI.Responses.Tool

const ASK = { model: 'demo', input: 'Hi' }
const LARK = 'start: "*** Begin Patch" LF'
const SHELL: Tool = {
  type: 'function',
  name: 'shell',
  description: 'Runs a command',
  parameters: { type: 'object', properties: { command: { type: 'string' } } },
  strict: false,
}
const APPLY_PATCH: Tool = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits files.',
  format: { type: 'grammar', syntax: 'lark', definition: LARK },
}
const BROWSER: Tool = {
  type: 'namespace',
  name: 'mcp__browser__',
  description: 'Tools of a browser.',
  tools: [
    { type: 'function', name: 'open', description: 'Opens a page', parameters: { type: 'object' } },
    { type: 'custom', name: 'script', description: 'Runs a script' },
  ],
}
/** What Codex sends with each request, by and large. */
const CODEX: Tool[] = [SHELL, { type: 'web_search' }, APPLY_PATCH, BROWSER, { type: 'local_shell' }]
const PATCH = '*** Begin Patch\n+"é" \u{1f600}\\d\n*** End Patch'

function asked(): ChatRequest {
  return engine.calls.at(-1)?.request as ChatRequest
}

/** A call whose arguments come in pieces of so many characters. */
function calls(index: number, name: string, args: string, size = args.length): StreamPart[] {
  const pieces = args.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []
  return pieces.map((argumentsDelta, piece) => ({
    type: 'tool-call-delta',
    index,
    argumentsDelta,
    ...(piece === 0 ? { id: `call_${index}`, name } : {}),
  }))
}

describe('tools of the Responses API that are no functions', () => {
  test('do not refuse the request: what has its own kind becomes a function, the rest is left out and named', async () => {
    const { response } = await client.responses.create({ ...ASK, tools: CODEX, tool_choice: 'auto' }).withResponse()
    expect(asked().tools).toEqual([
      { name: 'shell', description: 'Runs a command', parameters: SHELL.parameters, strict: false },
      {
        name: 'apply_patch',
        description: expect.stringMatching(/^Edits files\..*`input`.*lark.*\*\*\* Begin Patch/s),
        parameters: {
          type: 'object',
          properties: { input: { type: 'string', description: expect.any(String) } },
          required: ['input'],
          additionalProperties: false,
        },
      },
      { name: 'mcp__browser__open', description: 'Opens a page', parameters: { type: 'object' } },
      {
        name: 'mcp__browser__script',
        description: expect.stringMatching(/^Runs a script/),
        parameters: expect.objectContaining({ required: ['input'] }),
      },
    ])
    expect(response.headers.get('x-switchyard-not-sent')).toBe(
      'tools[1], tools[2].format, tools[3].description, tools[4]',
    )
    const said = engine.logLines.find(({ fields }) => Array.isArray(fields.notSent))
    expect(said).toMatchObject({ level: 'info', fields: { notSent: expect.arrayContaining(['tools[1]', 'tools[4]']) } })
  })

  test('are repeated in the response as they came', async () => {
    const response = await client.responses.create({ ...ASK, tools: CODEX })
    expect(response.tools).toEqual(CODEX)
  })

  test('are repeated without what signs the caller in elsewhere', async () => {
    const mcp = { type: 'mcp', server_label: 'x', server_url: 'https://x.example' }
    const tools = [{ ...mcp, authorization: 'canary-1', headers: { 'x-key': 'canary-2' } }]
    const { body } = await post(port, '/v1/responses', { ...ASK, tools })
    expect(JSON.parse(body).tools).toEqual([mcp])
    expect(body).not.toContain('canary')
  })

  test.each([
    [{ type: 'web_search' }, 'tools[1]'],
    [{ type: 'mcp', server_label: 'x' }, 'tool_choice'],
  ])('refuse the request where %j is what the model has to call', async (choice, param) => {
    const { status, body } = await post(port, '/v1/responses', { ...ASK, tools: CODEX, tool_choice: choice })
    expect(status).toBe(400)
    expect(JSON.parse(body).error).toMatchObject({ code: 'unsupported', param })
    expect(engine.calls).toEqual([])
  })

  test('refuse it too where one has to be called, and none is left', async () => {
    const tools = [{ type: 'web_search' }]
    const { status, body } = await post(port, '/v1/responses', { ...ASK, tools, tool_choice: 'required' })
    expect(status).toBe(400)
    expect(JSON.parse(body).error).toMatchObject({ code: 'unsupported', param: 'tools[0]' })
  })

  test.each([
    ['a custom tool', { type: 'custom', name: 'apply_patch' }, 'apply_patch'],
    ['a function of a namespace', { type: 'function', name: 'open' }, 'mcp__browser__open'],
  ])('can be chosen: %s', async (_what, choice, name) => {
    const { status } = await post(port, '/v1/responses', { ...ASK, tools: CODEX, tool_choice: choice })
    expect(status).toBe(200)
    expect(asked().toolChoice).toEqual({ name })
  })

  test('are offered only as far as a list allows them, and the response repeats the list', async () => {
    const choice = {
      type: 'allowed_tools' as const,
      mode: 'required' as const,
      tools: [{ type: 'custom', name: 'apply_patch' }, { type: 'web_search' }],
    }
    const response = await client.responses.create({ ...ASK, tools: CODEX, tool_choice: choice })
    expect(asked()).toMatchObject({ tools: [{ name: 'apply_patch' }], toolChoice: 'required' })
    expect(response.tool_choice).toEqual(choice)
    const namespaced = { ...choice, mode: 'auto' as const, tools: [{ type: 'namespace', name: 'mcp__browser__' }] }
    await client.responses.create({ ...ASK, tools: CODEX, tool_choice: namespaced })
    expect(asked().tools?.map(({ name }) => name)).toEqual(['mcp__browser__open', 'mcp__browser__script'])
    const none = { ...choice, tools: [{ type: 'web_search' }] }
    const { status, body } = await post(port, '/v1/responses', { ...ASK, tools: CODEX, tool_choice: none })
    expect(status).toBe(400)
    expect(JSON.parse(body).error).toMatchObject({ code: 'unsupported', param: 'tool_choice' })
  })

  test('keep apart what has the same name in two places', async () => {
    const tools = [
      { type: 'custom', name: 'open' },
      { type: 'function', name: 'open' },
      { type: 'namespace', name: 'a', description: 'A', tools: [{ type: 'function', name: 'open' }] },
      { type: 'namespace', name: 'x'.repeat(60), description: 'B', tools: [{ type: 'function', name: 'open' }] },
      { type: 'namespace', name: 'x'.repeat(61), description: 'C', tools: [{ type: 'function', name: 'open' }] },
    ]
    await post(port, '/v1/responses', { ...ASK, tools })
    const names = asked().tools?.map(({ name }) => name) ?? []
    expect(new Set(names).size).toBe(5)
    expect(names[1]).toBe('open')
    for (const name of names) expect(name.length).toBeLessThanOrEqual(64)
  })
})

describe('calls of such tools', () => {
  const ANSWER = [
    ...calls(0, 'apply_patch', JSON.stringify({ input: PATCH }), 3),
    ...calls(1, 'mcp__browser__open', '{"url":"x"}'),
    ...calls(2, 'mcp__browser__script', '{"input":"go()"}'),
    FAKE_USAGE,
    { type: 'finish', reason: 'tool-calls' } as const,
  ]
  const ITEMS = [
    { type: 'custom_tool_call', call_id: 'call_0', name: 'apply_patch', input: PATCH, status: 'completed' },
    { type: 'function_call', call_id: 'call_1', name: 'open', namespace: 'mcp__browser__', arguments: '{"url":"x"}' },
    { type: 'custom_tool_call', call_id: 'call_2', name: 'script', namespace: 'mcp__browser__', input: 'go()' },
  ]

  test('are told in their own words, whole and streamed alike', async () => {
    engine.script = says(...ANSWER)
    const whole = await client.responses.create({ ...ASK, tools: CODEX })
    expect(whole.output).toMatchObject(ITEMS)
    expect(whole.output[0]).not.toHaveProperty('namespace')

    const events: OpenAI.Responses.ResponseStreamEvent[] = []
    for await (const event of await client.responses.create({ ...ASK, tools: CODEX, stream: true })) events.push(event)
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, index) => index))
    const ofPatch = events.filter((event) => 'output_index' in event && event.output_index === 0)
    const deltas = ofPatch.filter((event) => event.type === 'response.custom_tool_call_input.delta')
    expect(deltas.length).toBeGreaterThan(5)
    expect(deltas.map(({ delta }) => delta).join('')).toBe(PATCH)
    // Half a character is no text that every client can read.
    for (const { delta } of deltas) expect(delta.isWellFormed()).toBe(true)
    expect(ofPatch[0]).toMatchObject({
      type: 'response.output_item.added',
      item: { type: 'custom_tool_call', call_id: 'call_0', name: 'apply_patch', input: '', status: 'in_progress' },
    })
    expect(ofPatch.slice(-2)).toMatchObject([
      { type: 'response.custom_tool_call_input.done', input: PATCH },
      { type: 'response.output_item.done', item: ITEMS[0] },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { output: ITEMS } })
    expect(events.filter(({ type }) => type.startsWith('response.function_call_arguments'))).toHaveLength(2)
  })

  test('are understood where the model did not keep to the form', async () => {
    engine.script = says(...calls(0, 'apply_patch', PATCH, 5), FAKE_USAGE, { type: 'finish', reason: 'tool-calls' })
    const events: OpenAI.Responses.ResponseStreamEvent[] = []
    for await (const event of await client.responses.create({ ...ASK, tools: CODEX, stream: true })) events.push(event)
    expect(events.at(-1)).toMatchObject({ response: { output: [{ type: 'custom_tool_call', input: PATCH }] } })
    expect(events.find(({ type }) => type === 'response.custom_tool_call_input.delta')).toMatchObject({ delta: PATCH })
  })

  test('and their results are taken back', async () => {
    await client.responses.create({
      model: 'demo',
      tools: CODEX,
      input: [
        { role: 'user', content: 'Do it' },
        { type: 'custom_tool_call', call_id: 'call_0', name: 'apply_patch', input: PATCH },
        { type: 'function_call', call_id: 'call_1', name: 'open', namespace: 'mcp__browser__', arguments: '{}' },
        { type: 'custom_tool_call_output', call_id: 'call_0', output: 'Done' },
        { type: 'function_call_output', call_id: 'call_1', output: 'Open' },
      ],
    })
    expect(asked().messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: '',
        toolCalls: [
          { id: 'call_0', name: 'apply_patch', arguments: JSON.stringify({ input: PATCH }) },
          { id: 'call_1', name: 'mcp__browser__open', arguments: '{}' },
        ],
      },
      { role: 'tool', toolCallId: 'call_0', toolName: 'apply_patch', content: 'Done' },
      { role: 'tool', toolCallId: 'call_1', toolName: 'mcp__browser__open', content: 'Open' },
    ])
  })
})
