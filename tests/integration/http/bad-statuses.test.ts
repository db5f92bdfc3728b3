import { expect, test } from 'vitest'
import { ERROR_TABLE } from '../../../src/shared/error-codes.ts'
import { startBadUpstream } from '../../support/bad-upstream.ts'
import { CANARY_KEY, failureOf, get, testUpstream } from '../../support/test-upstream.ts'

const json = { 'content-type': 'application/json' }
const openai = (message: string, type: string, code: string | null = null, param: string | null = null): string =>
  JSON.stringify({ error: { message, type, param, code } })
const anthropic = (type: string, message: string): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_011' })

/** As these servers answer. */
const ANSWERS: [string, number, string, string, string, boolean][] = [
  [
    'LiteLLM: as a stream of one event',
    500,
    `data: ${openai('Error processing stream start', 'internal_server_error', '500')}\n\ndata: [DONE]\n\n`,
    'upstream_error',
    'Workstation: Error processing stream start',
    true,
  ],
  [
    'OpenAI: wrong key',
    401,
    openai('Incorrect API key provided: sk-abc***xyz.', 'invalid_request_error', 'invalid_api_key'),
    'auth_failed',
    'Workstation refused the credentials: Incorrect API key provided: sk-abc***xyz.',
    false,
  ],
  [
    'OpenAI: unknown model',
    404,
    openai(
      'The model `gpt-9` does not exist or you do not have access to it.',
      'invalid_request_error',
      'model_not_found',
    ),
    'model_not_found',
    'Workstation: The model `gpt-9` does not exist or you do not have access to it.',
    false,
  ],
  [
    'OpenAI: too long',
    400,
    openai(
      "This model's maximum context length is 8192 tokens.",
      'invalid_request_error',
      'context_length_exceeded',
      'messages',
    ),
    'context_length_exceeded',
    "Workstation: This model's maximum context length is 8192 tokens.",
    false,
  ],
  [
    'OpenAI: wrong field',
    400,
    openai("Unsupported value: 'temperature'.", 'invalid_request_error', 'unsupported_value', 'temperature'),
    'invalid_request',
    "Workstation: Unsupported value: 'temperature'.",
    false,
  ],
  [
    'OpenAI: too fast',
    429,
    openai('Rate limit reached for gpt-4o.', 'requests', 'rate_limit_exceeded'),
    'rate_limited',
    'Workstation: Rate limit reached for gpt-4o.',
    true,
  ],
  [
    'OpenAI: no credit',
    429,
    openai('You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'),
    'quota_exceeded',
    'Workstation: You exceeded your current quota.',
    false,
  ],
  [
    'Anthropic: overloaded',
    529,
    anthropic('overloaded_error', 'Overloaded'),
    'upstream_unavailable',
    'Workstation: Overloaded',
    true,
  ],
  [
    'Anthropic: too long',
    400,
    anthropic('invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum'),
    'context_length_exceeded',
    'Workstation: prompt is too long: 208310 tokens > 200000 maximum',
    false,
  ],
  [
    'Anthropic: no credit',
    400,
    anthropic('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    'quota_exceeded',
    'Workstation: Your credit balance is too low to access the Anthropic API.',
    false,
  ],
  [
    'Anthropic: unknown model',
    404,
    anthropic('not_found_error', 'model: claude-9'),
    'model_not_found',
    'Workstation: model: claude-9',
    false,
  ],
  [
    'Anthropic: too large',
    413,
    anthropic('request_too_large', 'Request exceeds the maximum size'),
    'request_too_large',
    'Workstation: Request exceeds the maximum size',
    false,
  ],
  [
    'Ollama: unknown model',
    404,
    '{"error":"model \\"nope\\" not found, try pulling it first"}',
    'model_not_found',
    'Workstation: model "nope" not found, try pulling it first',
    false,
  ],
  [
    'Ollama: runner died',
    500,
    '{"error":"llama runner process has terminated: exit status 2"}',
    'upstream_error',
    'Workstation: llama runner process has terminated: exit status 2',
    true,
  ],
  [
    'Azure: unknown deployment',
    404,
    JSON.stringify({
      error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
    }),
    'model_not_found',
    'Workstation: The API deployment for this resource does not exist.',
    false,
  ],
  [
    'Azure: unknown path',
    404,
    JSON.stringify({ error: { code: '404', message: 'Resource not found' } }),
    'not_found',
    'Workstation: Resource not found',
    false,
  ],
  [
    'Azure: filtered',
    400,
    JSON.stringify({
      error: {
        message: 'The response was filtered.',
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    }),
    'invalid_request',
    'Workstation: The response was filtered.',
    false,
  ],
  [
    'Google: wrong key',
    400,
    JSON.stringify([
      { error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } },
    ]),
    'auth_failed',
    'Workstation refused the credentials: API key not valid. Please pass a valid API key.',
    false,
  ],
  ['FastAPI: text', 403, '{"detail":"Not authenticated"}', 'forbidden', 'Workstation: Not authenticated', false],
  [
    'FastAPI: fields',
    422,
    JSON.stringify({ detail: [{ loc: ['body', 'messages', 0], msg: 'Field required', type: 'missing' }] }),
    'invalid_request',
    'Workstation: messages.0: Field required',
    false,
  ],
  [
    'OpenRouter: no credit',
    402,
    JSON.stringify({ error: { message: 'Insufficient credits', code: 402 } }),
    'quota_exceeded',
    'Workstation: Insufficient credits',
    false,
  ],
  [
    'nginx',
    502,
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>',
    'upstream_error',
    'Workstation: 502 Bad Gateway',
    true,
  ],
  ['plain text', 503, 'no server is available', 'upstream_unavailable', 'Workstation: no server is available', true],
  ['nothing at all', 504, '', 'first_byte_timeout', 'Workstation: it answered 504 Gateway Timeout.', true],
  ['a conflict', 409, '{"message":"busy"}', 'conflict', 'Workstation: busy', false],
  ['another 4xx', 405, '', 'invalid_request', 'Workstation: it answered 405 Method Not Allowed.', false],
  ['half of JSON', 500, '{"error":{"message":"cut', 'upstream_error', 'Workstation: {"error":{"message":"cut', true],
]

test.each(ANSWERS)('%s (%i)', async (_who, status, body, code, message, retryable) => {
  const server = await startBadUpstream((request) =>
    request.answer(status, body.startsWith('<') ? { 'content-type': 'text/html' } : json, body),
  )
  const failure = await failureOf(testUpstream(server.url).open(get('/')))
  expect({
    code: failure.code,
    status: failure.status,
    message: failure.message,
    retryable: failure.retryable,
  }).toEqual({
    code,
    status,
    message,
    retryable,
  })
  expect(Object.keys(ERROR_TABLE)).toContain(failure.code)
  expect(failure.upstream).toMatchObject({ provider: 'openai', status })
  if (body !== '') expect(failure.upstream?.bodyExcerpt).toBe(body)
})

test('the request id, the wait and the field are kept', async () => {
  const server = await startBadUpstream((request) =>
    request.answer(
      429,
      {
        ...json,
        'retry-after': '20',
        'retry-after-ms': '19500',
        'x-ratelimit-remaining-requests': '0',
        'x-internal': 'a',
        'x-request-id': 'req_1',
      },
      openai('slow down', 'requests', null, 'model'),
    ),
  )
  expect(await failureOf(testUpstream(server.url).open(get('/')))).toMatchObject({
    detail: 'Retry-After: 20',
    param: 'model',
    upstream: { requestId: 'req_1', limits: { 'retry-after-ms': '19500', 'x-ratelimit-remaining-requests': '0' } },
  })
  const claude = await startBadUpstream((request) => request.answer(500, json, anthropic('api_error', 'Internal')))
  expect(await failureOf(testUpstream(claude.url).open(get('/')))).toMatchObject({ upstream: { requestId: 'req_011' } })
})

test('a body without end is read to 64 kB and shown to 8 kB; one that breaks off gives what came', async () => {
  const server = await startBadUpstream((request) => {
    request.begin(500, { 'content-type': 'text/plain' })
    request.chunk('x'.repeat(100_000))
  })
  const failure = await failureOf(testUpstream(server.url).open(get('/')))
  expect(failure.upstream?.bodyExcerpt).toHaveLength(8_193)
  expect(failure.message.length).toBeLessThan(2_100)
  const broken = await startBadUpstream((request) => {
    request.begin(400, json)
    request.chunk('{"error":"half')
    request.socket.end()
  })
  expect(await failureOf(testUpstream(broken.url).open(get('/')))).toMatchObject({
    code: 'invalid_request',
    status: 400,
  })
})

test('TLS is wanted at this port: the message says what to type', async () => {
  const server = await startBadUpstream((request) =>
    request.answer(400, {}, 'Client sent an HTTP request to an HTTPS server.\n'),
  )
  expect(await failureOf(testUpstream(server.url).open(get('/')))).toMatchObject({
    code: 'upstream_unavailable',
    message: `Workstation (127.0.0.1:${server.port}) speaks TLS at this port. Type https://127.0.0.1:${server.port}.`,
  })
})

test('a server that repeats our secrets gets none of them into an error, in no form', async () => {
  const header = 'Basic dXNlcjpodW50ZXIyaHVudGVyMg=='
  const cookie = 'session=abcdef0123456789'
  const oauthToken = 'ya29.oauth-token-value'
  const forms = [CANARY_KEY, header, cookie, oauthToken].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(`Bearer ${secret}`).toString('base64'),
    Buffer.from(`user:${secret}`).toString('base64url'),
    JSON.stringify({ secret }),
    `<b>${secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}</b>`,
  ])
  const said = ['user:hunter2hunter2', 'hunter2hunter2', ...forms]
  const server = await startBadUpstream((request) =>
    request.answer(
      400,
      { ...json, 'x-request-id': CANARY_KEY, 'retry-after': CANARY_KEY, 'x-ratelimit-reset': CANARY_KEY },
      JSON.stringify({ error: { message: said.join(' '), param: CANARY_KEY } }),
    ),
  )
  const upstream = testUpstream(server.url, {}, { secrets: { keys: [CANARY_KEY], headers: { 'X-Proxy': header } } })
  const failure = await failureOf(upstream.open(get('/', { context: { cookie, oauthToken } })))
  const shown = JSON.stringify({ ...failure, message: failure.message, cause: String(failure.cause) })
  expect(shown).toContain('••••z9Q4')
  for (const piece of ['canary-0123456789', 'hunter2', 'dXNlcjpodW50ZXIy', 'abcdef0123456', 'oauth-token']) {
    expect(shown).not.toContain(piece)
    for (const before of [0, 1, 2]) {
      const encoded = Buffer.from('-'.repeat(before) + piece).toString('base64')
      expect(shown).not.toContain(encoded.slice(before === 0 ? 0 : 4, -4))
    }
  }
  expect(JSON.stringify(upstream.lines)).not.toContain('canary')
})
