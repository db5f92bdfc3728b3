import { describe, expect, test } from 'vitest'
import { createBlot } from '../../../src/main/engine/http/blot-secrets.ts'
import { statusError } from '../../../src/main/engine/http/status-error.ts'
import { blotError, EngineError, isEngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { openAiErrorBody } from '../../../src/main/engine/wire/openai/error-body.ts'
import { openAiAnswerReader } from '../../../src/main/engine/wire/openai/upstream-stream.ts'
import { responsesAnswerReader } from '../../../src/main/engine/wire/openai-responses/upstream-stream.ts'

const KEY = 'sk-scripted-0123456789'
const SERVER = { provider: 'openai', title: 'Cloud', origin: 'https://cloud.invalid', hostname: 'cloud.invalid' }
const blot = createBlot([KEY])

function told(error: EngineError): Record<string, unknown> {
  return (JSON.parse(openAiErrorBody(error)) as { error: Record<string, unknown> }).error
}

/** What a client hears of an upstream's refusal. */
function refused(status: number, body: unknown): Record<string, unknown> {
  const headers = { 'content-type': 'application/json' }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return told(statusError(SERVER, { status, headers }, text, blot))
}

/** What a client hears of an error inside an answer. */
function reported(reader: { read(data: string): unknown }, event: unknown): Record<string, unknown> {
  try {
    reader.read(JSON.stringify(event))
  } catch (error) {
    if (isEngineError(error)) return told(error)
    throw error
  }
  throw new Error('it was no error')
}

const INNER = { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } }

describe("an upstream's refusal in OpenAI's shape keeps", () => {
  test.each([
    ['content_filter', 400],
    ['unsupported_parameter', 400],
    ['unsupported_value', 400],
    ['invalid_image_url', 400],
    ['engine_overloaded', 503],
    ['billing_hard_limit_reached', 400],
    ['DeploymentNotFound', 404],
  ])('its code %s', (code, status) => {
    const error = { message: 'No.', type: 'image_generation_user_error', param: 'prompt', code }
    expect(refused(status, { error })).toEqual({ ...error, message: 'Cloud: No.' })
  })

  test("what Azure's filters found", () => {
    const error = { message: 'Filtered.', type: null, param: 'prompt', code: 'content_filter', innererror: INNER }
    expect(refused(400, { error })).toEqual({
      message: 'Cloud: Filtered.',
      type: 'invalid_request_error',
      param: 'prompt',
      code: 'content_filter',
      innererror: INNER,
    })
  })

  test('its fields with nothing around them', () => {
    const error = { object: 'error', message: 'No.', type: 'invalid_request_message_order', param: null, code: '3230' }
    expect(refused(400, error)).toMatchObject({ type: error.type, code: 'invalid_request' })
  })

  test('none of our keys', () => {
    const innererror = { code: KEY, nested: [`Bearer ${KEY}`] }
    const error = { message: KEY, type: `t ${KEY}`, param: KEY, code: `c_${KEY}`, innererror }
    const answer = refused(400, { error })
    expect(answer.code).toMatch(/^c_••••/)
    expect(JSON.stringify(answer)).not.toContain(KEY)
  })
})

describe('our code stays where an upstream', () => {
  test.each<[string, number, unknown, object]>([
    ['has none', 429, { message: 'Slow.', code: null }, { code: 'rate_limit_exceeded', type: 'rate_limit_error' }],
    ['has none for a model', 404, { message: 'no model x', param: null }, { code: 'model_not_found', param: 'model' }],
    ['repeats its status', 400, { message: 'maximum context', code: '400' }, { code: 'context_length_exceeded' }],
    ['repeats its status as a number', 429, { message: 'Slow.', code: 429 }, { code: 'rate_limit_exceeded' }],
    [
      'only names the kind of error',
      400,
      { message: 'maximum context length is 9', type: 'invalid_request_error', code: 'invalid_request_error' },
      { code: 'context_length_exceeded', type: 'invalid_request_error' },
    ],
    ['is no member of the family', 429, { type: 'overloaded', message: 'Slow.' }, { type: 'rate_limit_error' }],
  ])('%s', (_name, status, error, expected) => {
    expect(refused(status, { error })).toMatchObject(expected)
  })

  test.each([
    ['a text', '{"error":"model runner has unexpectedly stopped"}'],
    ['a page', '<h1>Bad gateway</h1>'],
    ['JSON that was cut', '{"error":{"code":"content_filter","message":"No'],
  ])('answers with %s', (_name, body) => {
    expect(refused(500, body)).toMatchObject({ type: 'server_error', code: 'upstream_error' })
  })
})

describe('an error inside an answer keeps its code and what was found', () => {
  const error = { message: 'Filtered.', param: 'prompt', code: 'content_filter', innererror: INNER }

  test('in a chunk, however much stands around it', () => {
    const chunk = { choices: [], padding: 'x'.repeat(10_000), error }
    const expected = { param: 'prompt', code: 'content_filter', innererror: INNER }
    expect(reported(openAiAnswerReader('scripted'), chunk)).toMatchObject(expected)
    expect(reported(openAiAnswerReader('scripted'), { error })).toMatchObject(expected)
  })

  test('of the Responses API', () => {
    const event = { type: 'error', sequence_number: 3, message: 'No.', param: null, code: 'vector_store_timeout' }
    expect(reported(responsesAnswerReader('scripted'), event)).toMatchObject({
      type: 'server_error',
      code: 'vector_store_timeout',
    })
    const response = {
      status: 'failed',
      instructions: 'x'.repeat(10_000),
      error: { code: 'invalid_image', message: '' },
    }
    const failed = { type: 'response.failed', response }
    expect(reported(responsesAnswerReader('scripted'), failed)).toMatchObject({ code: 'invalid_image' })
  })

  test('as the first event of a stream', () => {
    const bodyExcerpt = `data: ${JSON.stringify({ error })}\n\ndata: [DONE]\n\n`
    const upstream = { provider: 'openai', status: 200, bodyExcerpt }
    const failed = new EngineError('upstream_error', 'Cloud failed: Filtered.', { upstream })
    expect(told(failed)).toMatchObject({ code: 'content_filter', innererror: INNER })
  })

  test('but no key that the pipeline blots', () => {
    const upstream = { provider: 'openai', bodyExcerpt: JSON.stringify({ error: { code: `c_${KEY}`, message: KEY } }) }
    const failed = blotError(new EngineError('upstream_error', 'x', { upstream }), blot)
    expect(told(failed).code).toMatch(/^c_••••/)
    expect(JSON.stringify(told(failed))).not.toContain(KEY)
  })
})
