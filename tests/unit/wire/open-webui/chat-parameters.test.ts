import { expect, test } from 'vitest'
import { readWebUiChat } from '../../../../src/main/engine/wire/open-webui/chat-body.ts'
import { withOllamaParameters, withParameters } from '../../../../src/main/engine/wire/open-webui/chat-parameters.ts'
import { decodeOpenAiChat } from '../../../../src/main/engine/wire/openai/chat-request.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

const clock = createManualClock()
const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

test('fields for Open WebUI’s own server are taken out, others stay', () => {
  const chat = readWebUiChat({ ...body, chat_id: 'c', id: 'i', params: { a: 1 }, variables: [], service_tier: 'flex' })
  expect(chat).toEqual({
    body: { ...body, service_tier: 'flex' },
    params: { a: 1 },
    variables: {},
    chatVariables: {},
    isChanged: true,
  })
  expect(readWebUiChat(body).isChanged).toBe(false)
  for (const wrong of [null, [], 'x']) expect(() => readWebUiChat(wrong)).toThrow(/expected object/)
})

test('a model of the OpenAI kind gets parameters at the top level, and its system prompt with variables', () => {
  const chat = readWebUiChat({
    ...body,
    messages: [{ role: 'system', content: 'On {{CURRENT_WEEKDAY}}.' }, ...body.messages],
    stream: true,
    params: {
      temperature: '0.2',
      top_k: 5,
      stream_response: false,
      system: 'To {{USER_LANGUAGE}} for {{chat.variables.who}}.',
    },
    variables: { '{{USER_LANGUAGE}}': 'Welsh' },
    chat_variables: { who: 'Ann' },
  })
  expect(withParameters(chat, false, clock)).toEqual({
    model: 'm',
    messages: [
      { role: 'system', content: 'To Welsh for Ann.\nOn Saturday.' },
      { role: 'user', content: 'Hi' },
    ],
    stream: false,
    temperature: 0.2,
    top_k: 5,
  })
})

test('a model that takes Ollama’s options gets the rest as those, over what the request says itself', () => {
  const chat = readWebUiChat({
    ...body,
    temperature: 1,
    top_p: 0.3,
    params: { temperature: 0.7, num_ctx: 8192, mirostat: 2, think: true, keep_alive: '5m', reasoning_effort: 'low' },
  })
  const plain = withParameters(chat, true, clock)
  expect(plain).toEqual({ ...body, temperature: 1, top_p: 0.3, reasoning_effort: 'low' })
  const request = withOllamaParameters(decodeOpenAiChat(plain).request, chat.params)
  expect(request.sampling).toMatchObject({ temperature: 0.7, topP: 0.3 })
  expect(request.runtime).toMatchObject({ contextSize: 8192, keepAliveSeconds: 300, options: { mirostat: 2 } })
  expect(request.runtime?.overflow).toBeUndefined()
  expect(request.reasoning).toEqual({ enabled: true })
})

test('without parameters a request stays as it is', () => {
  const { request } = decodeOpenAiChat(body)
  expect(withOllamaParameters(request, {})).toBe(request)
})
