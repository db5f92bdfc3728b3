import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.ts'
import { http } from '../../support/http-client.ts'

/** OpenAI's and Anthropic's clients look for models at the same paths: each is refused in its own words. */
let engine: FakeEngine
let gateway: Gateway
let port: number

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  port = (await gateway.listen()).port
})
afterEach(() => gateway.close())

const VERSION = { 'anthropic-version': '2023-06-01' }
const UNKNOWN_TOKEN = `swy_${'x'.repeat(43)}`

describe('errors of the model list', () => {
  test.each([
    ['GET', '/v1/models/nope', 404, 'not_found_error'],
    ['GET', '/v1/models?limit=0', 400, 'invalid_request_error'],
    ['GET', '/v1/models?after_id=nope', 400, 'invalid_request_error'],
    ['DELETE', '/v1/models/demo', 405, 'invalid_request_error'],
  ])('%s %s is Anthropic’s to its clients', async (method, path, status, type) => {
    for (const headers of [VERSION, { 'x-api-key': 'unused' }]) {
      const answer = await http(port, path, { method, headers })
      expect(answer.status).toBe(status)
      expect(JSON.parse(answer.body)).toEqual({
        type: 'error',
        error: { type, message: expect.any(String) },
        request_id: answer.headers['x-request-id'],
      })
      expect(answer.headers['x-should-retry']).toBe('false')
    }
  })

  test('a token that counts no more is told in the client’s own form', async () => {
    const headers = { ...VERSION, authorization: `Bearer ${UNKNOWN_TOKEN}` }
    for (const path of ['/v1/models', '/v1/models/demo']) {
      const answer = await http(port, path, { headers })
      expect(answer.status).toBe(401)
      expect(JSON.parse(answer.body)).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
    }
  })

  test('stay OpenAI’s to others, and elsewhere', async () => {
    for (const [path, headers] of [
      ['/v1/models/nope', {}],
      ['/v1/modelsx', VERSION],
      ['/v1/nothing', VERSION],
    ] as const) {
      const { error, type } = JSON.parse((await http(port, path, { headers })).body)
      expect(type).toBeUndefined()
      expect(error).toMatchObject({ message: expect.any(String), code: expect.any(String) })
    }
  })

  test('reach the official clients as what they are', async () => {
    const options = { apiKey: 'unused', maxRetries: 0 }
    const anthropic = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, ...options })
    await expect(anthropic.models.retrieve('nope')).rejects.toMatchObject({
      status: 404,
      type: 'not_found_error',
      requestID: expect.stringMatching(/^req_/),
    })
    const openai = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, ...options })
    await expect(openai.models.retrieve('nope')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })
})
