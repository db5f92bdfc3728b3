import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../../src/main/engine/spec/engine-error.ts'
import { webUiErrorAnswer } from '../../../../src/main/engine/wire/open-webui/error-answer.ts'
import type { ErrorCode } from '../../../../src/shared/error-codes.ts'

function refused(status: number, bodyExcerpt: string, code: ErrorCode = 'upstream_error'): EngineError {
  return new EngineError(code, 'Cloud: it said no.', { status, upstream: { provider: 'openai', status, bodyExcerpt } })
}
const unknown = new EngineError('model_not_found', 'nobody has x')
const dead = new EngineError('upstream_unavailable', 'Cloud did not answer: connection refused.')

function answer(rule: 'detail' | 'chat' | 'proxy', error: EngineError, model: string | null = 'x'): unknown {
  const { status, body } = webUiErrorAnswer(rule, error, model)
  return [status, JSON.parse(body)]
}

describe('detail', () => {
  test.each([
    [
      'an Ollama error',
      refused(404, '{"error":"model \'x\' not found"}', 'model_not_found'),
      [404, { detail: "model 'x' not found" }],
    ],
    ['an OpenAI error', refused(429, '{"error":{"message":"Slow down"}}'), [429, { detail: 'Slow down' }]],
    ['a FastAPI error', refused(400, '{"detail":"wrong"}'), [400, { detail: 'wrong' }]],
    [
      'a page',
      refused(502, '<h1>Bad gateway</h1>'),
      [502, { detail: 'Open WebUI: Server Connection Error', reason: 'Cloud: it said no.' }],
    ],
    [
      'a body that was cut',
      refused(500, '{"error":"half'),
      [500, { detail: 'Open WebUI: Server Connection Error', reason: 'Cloud: it said no.' }],
    ],
    ['an unknown model', unknown, [400, { detail: "Model 'x' was not found" }]],
    ['a dead server', dead, [500, { detail: 'Ollama: Cloud did not answer: connection refused.' }]],
    ['a wrong request', new EngineError('invalid_request', 'Missing x'), [400, { detail: 'Missing x' }]],
  ])('%s', (_name, error, expected) => expect(answer('detail', error)).toEqual(expected))
})

describe('chat', () => {
  test.each([
    ['a provider error', refused(503, '{"error":{"message":"overloaded"}}'), [400, { detail: 'overloaded' }]],
    ['a page', refused(502, '<h1>'), [400, { detail: 'Cloud: it said no.' }]],
    ['an unknown model', unknown, [400, { detail: 'Model not found' }]],
    ['a dead server', dead, [400, { detail: dead.message }]],
    ['our own queue', new EngineError('queue_full', 'full'), [503, { detail: 'full' }]],
  ])('%s', (_name, error, expected) => expect(answer('chat', error)).toEqual(expected))
})

describe('proxy', () => {
  test.each([
    [
      'a provider error, word for word',
      refused(402, '{"error":{"message":"pay","x":1}}'),
      [402, { error: { message: 'pay', x: 1 } }],
    ],
    ['a page', refused(502, '<h1>'), [502, { error: { message: 'Cloud: it said no.', code: 'upstream_error' } }]],
    ['an unknown model', unknown, [404, { detail: "Model '' was not found" }]],
    ['a dead server', dead, [500, { detail: 'Open WebUI: Server Connection Error', reason: dead.message }]],
    ['a redirect is no refusal of the server', refused(302, '{"error":"x"}'), [302, { detail: 'Cloud: it said no.' }]],
  ])('%s', (_name, error, expected) => expect(answer('proxy', error)).toEqual(expected))
})
