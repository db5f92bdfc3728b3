import { describe, expect, test } from 'vitest'
import { parseModelfile } from '../../../../src/main/engine/wire/modelfile/parse-modelfile.ts'
import { modelfileOf, readCreate } from '../../../../src/main/engine/wire/open-webui/create-request.ts'

const DIGEST = `sha256:${'ab'.repeat(32)}`

function modelfile(body: object): string | null {
  return modelfileOf(readCreate({ model: 'm', ...body }))
}

describe('what a Modelfile can say comes back from its parser as it was sent', () => {
  test.each([
    'plain',
    ' with space around ',
    '"begins with a quote',
    'two\nlines\n',
    'ends with a quote"',
    '\n',
    'says """hello""" within',
    'ends with three"""',
    '# no comment',
    'FROM nowhere',
  ])('system %j', (system) => {
    const text = modelfile({ from: 'base', system })
    expect(text).not.toBeNull()
    expect(parseModelfile(text ?? '').system).toBe(system)
  })

  test('every field', () => {
    const text = modelfile({
      from: 'base:1b',
      adapters: { 'lora.gguf': DIGEST },
      template: '{{ .Prompt }}\n{{ .Response }}',
      system: 'Be brief.',
      license: ['MIT', 'And\nmore'],
      parameters: { temperature: 0.5, num_ctx: 4096, stop: ['a', ' b '], use_mmap: false, top_k: null },
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: '' },
      ],
      renderer: 'r',
      parser: 'p',
      requires: '0.13.0',
    })
    expect(parseModelfile(text ?? '')).toMatchObject({
      from: [{ value: 'base:1b' }],
      adapters: [{ value: 'lora.gguf' }],
      template: '{{ .Prompt }}\n{{ .Response }}',
      system: 'Be brief.',
      licenses: ['MIT', 'And\nmore'],
      parameters: { temperature: 0.5, num_ctx: 4096, stop: ['a', ' b '], use_mmap: false },
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: '' },
      ],
      renderer: 'r',
      parser: 'p',
      requires: '0.13.0',
    })
  })

  test('uploaded files are FROM lines, with their digests beside the text', () => {
    const request = readCreate({ model: 'm', files: { 'a.gguf': DIGEST }, adapters: { 'b.gguf': DIGEST } })
    expect(modelfileOf(request)).toBe('FROM a.gguf\nADAPTER b.gguf\n')
    expect(request.files).toEqual({ 'a.gguf': DIGEST, 'b.gguf': DIGEST })
  })
})

describe('what it cannot say', () => {
  test.each([
    ['a text with quotes at the end of a line', { system: 'a"""\nb' }],
    ['a carriage return', { system: 'a\rb' }],
    ['a message with images', { messages: [{ role: 'user', content: 'x', images: ['AA=='] }] }],
    ['a tool message', { messages: [{ role: 'tool', content: 'x' }] }],
    ['a field of a newer Ollama', { info: { x: 1 } }],
    ['one name for two blobs', { files: { a: DIGEST }, adapters: { a: `sha256:${'cd'.repeat(32)}` } }],
  ])('%s', (_name, body) => expect(modelfile({ from: 'base', ...body })).toBeNull())
})

test('the text of a Modelfile goes as it is', () => {
  expect(modelfile({ modelfile: 'FROM x\n' })).toBe('FROM x\n')
})

test.each([
  [{ from: 'x' }, 'model is required'],
  [{ model: 'm', path: '/x' }, /^path is not supported/],
  [{ model: 'm', files: { a: 'nonsense' } }, /^Invalid 'files\.a'/],
])('%j is refused', (body, message) => expect(() => readCreate(body)).toThrow(message))
