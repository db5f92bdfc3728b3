import { expect, test } from 'vitest'
import { ANONYMOUS, OWNER, type Principal } from '../../../../src/main/engine/spec/principal.ts'
import { readWebUiChat } from '../../../../src/main/engine/wire/open-webui/chat-body.ts'
import { withOllamaParameters, withParameters } from '../../../../src/main/engine/wire/open-webui/chat-parameters.ts'
import { decodeOpenAiChat } from '../../../../src/main/engine/wire/openai/chat-request.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

const clock = createManualClock()
const ADA: Principal = { ...OWNER, kind: 'person', id: 'a', name: 'Ada', email: '', groupNames: ['staff', 'press'] }
const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

test('fields for Open WebUI’s own server are taken out, others stay', () => {
  const chat = readWebUiChat({ ...body, chat_id: 'c', id: 'i', params: { a: 1 }, variables: [], service_tier: 'flex' })
  expect(chat).toEqual({
    body: { ...body, service_tier: 'flex' },
    params: { a: 1 },
    options: {},
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
  })
  expect(
    withParameters(
      chat,
      false,
      { principal: ADA, variables: { '{{USER_LANGUAGE}}': 'Welsh' }, chatVariables: { who: 'Ann' } },
      clock,
    ),
  ).toEqual({
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

test('system messages, whole or in parts, have their variables filled in for whoever asks', () => {
  const named = '{{USER_NAME}} {{USER_EMAIL}} ({{USER_GROUPS}})'
  const image = { type: 'image_url', image_url: { url: 'data:,' } }
  const messages = [
    { role: 'system', content: named },
    { role: 'developer', content: [{ type: 'text', text: `For ${named}` }, image] },
    { role: 'user', content: named },
  ]
  const full = withParameters(readWebUiChat({ model: 'm', messages }), false, { principal: ADA }, clock)
  expect(full.messages).toEqual([
    { role: 'system', content: 'Ada None (staff, press)' },
    { role: 'developer', content: [{ type: 'text', text: 'For Ada None (staff, press)' }, image] },
    { role: 'user', content: named },
  ])
  const nobody = withParameters(readWebUiChat({ model: 'm', messages }), false, { principal: ANONYMOUS }, clock)
  expect(nobody.messages).toMatchObject([{ content: 'Unknown Unknown (Unknown)' }, {}, {}])
})

test('messages that need nothing stay the same array', () => {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'system', content: [{ type: 'text', text: 'x' }] },
    null,
  ]
  const chat = readWebUiChat({ model: 'm', messages, temperature: 1 })
  expect(withParameters(chat, false, { principal: ADA }, clock).messages).toBe(messages)
})

test('a model that takes Ollama’s options gets the rest as those, over what the request says itself', () => {
  const chat = readWebUiChat({
    ...body,
    temperature: 1,
    top_p: 0.3,
    params: { temperature: 0.7, num_ctx: 8192, mirostat: 2, think: true, keep_alive: '5m', reasoning_effort: 'low' },
  })
  const plain = withParameters(chat, true, { principal: ADA }, clock)
  expect(plain).toEqual({ ...body, temperature: 1, top_p: 0.3, reasoning_effort: 'low' })
  const request = withOllamaParameters(decodeOpenAiChat(plain).request, chat)
  expect(request.sampling).toMatchObject({ temperature: 0.7, topP: 0.3 })
  expect(request.runtime).toMatchObject({ contextSize: 8192, keepAliveSeconds: 300, options: { mirostat: 2 } })
  expect(request.runtime?.overflow).toBeUndefined()
  expect(request.reasoning).toEqual({ enabled: true })
})

test('without parameters a request stays as it is', () => {
  const { request } = decodeOpenAiChat(body)
  expect(withOllamaParameters(request, { params: {}, options: {} })).toBe(request)
})

test('the request’s own options hold below its fields, and those below the parameters', () => {
  const chat = readWebUiChat({
    ...body,
    temperature: 0.9,
    options: { temperature: 0.1, top_k: 5, top_p: 0.2, num_ctx: '4096', mirostat: 1, num_keep: 7 },
    params: { top_p: 0.8, mirostat: 2 },
  })
  const plain = withParameters(chat, true, { principal: ADA }, clock)
  expect(plain.options).toBeUndefined()
  const request = withOllamaParameters(decodeOpenAiChat(plain).request, chat)
  expect(request.sampling).toMatchObject({ temperature: 0.9, topK: 5, topP: 0.8 })
  expect(request.runtime).toMatchObject({ contextSize: 4096, options: { mirostat: 2, num_keep: 7 } })
})
