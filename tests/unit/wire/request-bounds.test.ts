import { describe, expect, test } from 'vitest'
import { EngineError, isEngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { decodeOllamaChat } from '../../../src/main/engine/wire/ollama/chat-request.ts'
import { decodeOpenAiChat } from '../../../src/main/engine/wire/openai/chat-request.ts'
import { openAiErrorBody } from '../../../src/main/engine/wire/openai/error-body.ts'

const MESSAGES = [{ role: 'user', content: 'Hi' }]

function refusal(decode: (body: unknown) => unknown, fields: object): string {
  try {
    decode({ model: 'demo', messages: MESSAGES, ...fields })
  } catch (error) {
    if (isEngineError(error)) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

describe('a seed', () => {
  test.each([0, -1, -5, 2 ** 32, 2 ** 63, -(2 ** 63)])('of any 64 bits is taken: %d', (seed) => {
    expect(decodeOpenAiChat({ model: 'm', messages: MESSAGES, seed }).request.sampling.seed).toBe(seed)
    const { sampling } = decodeOllamaChat({ model: 'm', messages: MESSAGES, options: { seed } }).request
    expect(sampling.seed).toBe(seed === -1 ? undefined : seed)
  })

  test.each([1.5, 1e30])('that is no such integer is refused: %d', (seed) => {
    expect(refusal(decodeOpenAiChat, { seed })).toBe("Invalid 'seed': expected a 64-bit integer.")
    expect(refusal(decodeOllamaChat, { options: { seed } })).toBe("Invalid 'options.seed': expected a 64-bit integer.")
  })
})

describe('what is wrong is said plainly', () => {
  test.each([
    [{ max_tokens: 1.5 }, "Invalid 'max_tokens': expected an integer."],
    [{ max_tokens: '5' }, "Invalid 'max_tokens': expected number, received string."],
    [{ temperature: -1 }, "Invalid 'temperature': must be at least 0."],
    [{ temperature: 2.1 }, "Invalid 'temperature': must be at most 2."],
    [{ messages: [] }, "Invalid 'messages': must have at least 1 item."],
    [{ messages: [{ role: 'user', content: [] }] }, "Invalid 'messages[0].content': must have at least 1 item."],
    [{ model: '' }, "Invalid 'model': must have at least 1 character."],
    [{ messages: [{ content: 'x' }] }, "Missing required parameter: 'messages[0].role'."],
    [{ response_format: {} }, "Missing required parameter: 'response_format.type'."],
    [
      { response_format: { type: 'xml' } },
      `Invalid 'response_format.type': must be one of "text", "json_object", "json_schema".`,
    ],
    [{ temperature: Number.POSITIVE_INFINITY }, "Invalid 'temperature': it is beyond what can be computed with."],
    [{ model: null }, "Invalid 'model': expected string, received null."],
    [{ tool_choice: 'zz' }, `Invalid 'tool_choice': must be one of "auto", "none", "required".`],
  ])('%j', (fields, message) => {
    expect(refusal(decodeOpenAiChat, fields)).toBe(message)
  })

  test('a union is told in the words of JSON', () => {
    expect(refusal(decodeOllamaChat, { format: 5 })).toBe("Invalid 'format': expected string or object.")
  })
})

test.each(['get weather', 'a\nb', 'a\u0000b'])('a tool named %j is refused before any model sees it', (name) => {
  const tools = [{ type: 'function', function: { name } }]
  const message = 'a tool name holds no spaces or control characters'
  expect(refusal(decodeOpenAiChat, { tools })).toContain(message)
  expect(refusal(decodeOllamaChat, { tools })).toContain(message)
})

test.each(['get-weather_2', 'mcp.server/tool:v1', '天気'])('a tool may be named %j', (name) => {
  const tools = [{ type: 'function', function: { name } }]
  expect(decodeOpenAiChat({ model: 'm', messages: MESSAGES, tools }).request.tools?.[0]?.name).toBe(name)
})

test('OpenAI error bodies name list items in brackets, wherever the name came from', () => {
  const body = openAiErrorBody(new EngineError('invalid_request', 'No.', { param: 'messages.1.content.0.text' }))
  expect(JSON.parse(body).error.param).toBe('messages[1].content[0].text')
})
