import * as library from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describingTools, insistingOnCall } from '../../../../src/main/engine/runtimes/llama/worker/adapted-wrapper.ts'
import { ensureTestModels } from '../../../support/test-models.ts'

// Every model family writes calls in its own syntax; here each is forced on the demo model, which knows none of them
const WRAPPERS: [string, () => library.ChatWrapper][] = [
  ['general', () => new library.GeneralChatWrapper()],
  ['ChatML', () => new library.ChatMLChatWrapper()],
  ['Llama 3.1', () => new library.Llama3_1ChatWrapper()],
  ['Llama 3.2', () => new library.Llama3_2LightweightChatWrapper()],
  ['Qwen', () => new library.QwenChatWrapper()],
  ['Qwen, thoughts discouraged', () => new library.QwenChatWrapper({ thoughts: 'discourage' })],
  ['Mistral', () => new library.MistralChatWrapper()],
  ['DeepSeek', () => new library.DeepSeekChatWrapper()],
  ['Gemma', () => new library.GemmaChatWrapper()],
  ['Functionary v3', () => new library.FunctionaryChatWrapper({ variation: 'v3' })],
  ['Functionary v2', () => new library.FunctionaryChatWrapper({ variation: 'v2' })],
  ['Harmony (gpt-oss)', () => new library.HarmonyChatWrapper()],
]
const functions: library.ChatModelFunctions = {
  first_tool: { params: { type: 'object', properties: { city: { type: 'string' } } } },
  second_tool: { params: { type: 'object', properties: { id: { type: 'integer' } } } },
}

let llama: library.Llama
let sequence: library.LlamaContextSequence
beforeAll(async () => {
  const { demo } = await ensureTestModels()
  llama = await library.getLlama({
    gpu: false,
    build: 'never',
    maxThreads: 1,
    logLevel: library.LlamaLogLevel.disabled,
  })
  const model = await llama.loadModel({ modelPath: demo, gpuLayers: 0 })
  const context = await model.createContext({ threads: 1, contextSize: 8192, sequences: 1 })
  sequence = context.getSequence()
})
afterAll(() => llama.dispose())

const history: library.ChatHistoryItem[] = [{ type: 'user', text: 'Tell me a story' }]

describe.each(WRAPPERS)('%s', (_name, create) => {
  test('opens a call in its syntax, which is read as a call', async () => {
    const wrapper = create()
    const chat = new library.LlamaChat({ contextSequence: sequence, chatWrapper: insistingOnCall(wrapper, library) })
    const { functionCalls, response, metadata } = await chat.generateResponse(history, {
      functions,
      maxParallelFunctionCalls: 1,
      maxTokens: 400,
    })
    chat.dispose({ disposeSequence: false })
    expect(metadata.stopReason).toBe('functionCalls')
    expect(response).toBe('')
    expect(functionCalls).toHaveLength(1)
    const [call] = functionCalls ?? []
    const given = call?.functionName === 'first_tool' ? { city: expect.any(String) } : { id: expect.any(Number) }
    expect(Object.keys(functions)).toContain(call?.functionName)
    expect(call?.params).toEqual(given)
  })

  test('describes tools although a grammar excludes them', async () => {
    const wrapper = create()
    const described = describingTools(wrapper, functions)
    const given = { chatHistory: [...history, { type: 'model' as const, response: [] }] }
    expect(described.generateContextState(given).contextText.toString()).toBe(
      wrapper
        .generateContextState({ ...given, availableFunctions: functions, documentFunctionParams: true })
        .contextText.toString(),
    )
    const chat = new library.LlamaChat({ contextSequence: sequence, chatWrapper: described })
    const grammar = await llama.createGrammarForJsonSchema({ type: 'object', properties: { id: { type: 'integer' } } })
    const { response } = await chat.generateResponse(history, { grammar, maxTokens: 400 })
    chat.dispose({ disposeSequence: false })
    expect(JSON.parse(response)).toEqual({ id: expect.any(Number) })
  })
})
