import { describe, expect, test } from 'vitest'
import { isEngineError } from '../../../../src/main/engine/spec/engine-error.ts'
import { createRequest } from '../../../../src/main/engine/wire/modelfile/create-request.ts'
import { modelSources } from '../../../../src/main/engine/wire/modelfile/model-sources.ts'
import { parseModelfile } from '../../../../src/main/engine/wire/modelfile/parse-modelfile.ts'
import { renameBase } from '../../../../src/main/engine/wire/modelfile/rename-base.ts'

/** What is wrong with a Modelfile, as its author reads it. */
function complaint(text: string): string {
  try {
    modelSources(parseModelfile(text), {})
  } catch (error) {
    if (isEngineError(error) && error.code === 'invalid_request' && error.param === 'modelfile') return error.message
    throw error
  }
  throw new Error('Nothing is wrong with it.')
}

describe('the base gets another name', () => {
  test.each([
    ['FROM gpu.a:1b\nSYSTEM FROM gpu.a:1b', 'FROM a:1b\nSYSTEM FROM gpu.a:1b'],
    ['\uFEFF  from   gpu.a:1b  \r\n# FROM gpu.a:1b\r', '  from   a:1b\r\n# FROM gpu.a:1b\r'],
    [
      'SYSTEM """\nFROM gpu.a:1b\n"""\rFROM "gpu.a:1b"\rTEMPLATE x',
      'SYSTEM """\nFROM gpu.a:1b\n"""\rFROM a:1b\rTEMPLATE x',
    ],
    ['FROM ./weights.gguf\nFROM gpu.a:1b', 'FROM ./weights.gguf\nFROM a:1b'],
    ['FROM other', 'FROM other'],
  ])('in %j', (text, renamed) => {
    expect(renameBase(text, 'gpu.a:1b', 'a:1b')).toBe(renamed)
  })
})

describe('a Modelfile is read', () => {
  test('whole, in any order and any case', () => {
    const text = [
      '\uFEFF# A comment',
      '   # and one with space before it',
      'system You answer briefly.  ',
      '',
      'From llama3.2:3b',
      'PARAMETER temperature .7',
      'parameter NUM_CTX 4096',
      'PARAMETER use_mmap FALSE',
      'PARAMETER stop "<|end|>"',
      'PARAMETER stop " "',
      'PARAMETER seed -1',
      'TEMPLATE """{{ if .System }}{{ .System }}{{ end }}',
      '{{ .Prompt }}"""',
      'MESSAGE user "Is Toronto in Canada?"',
      'MESSAGE Assistant yes',
      'MESSAGE system """two',
      'lines"""',
      'LICENSE MIT',
      'LICENSE """',
      'and a long one # with what is no comment',
      '"""',
      'ADAPTER /data/lora.gguf',
      'REQUIRES 0.14.0',
      'RENDERER qwen3-coder',
      'PARSER qwen3-coder',
    ]
    for (const ends of ['\n', '\r\n', '\r']) {
      expect(parseModelfile(text.join(ends))).toEqual({
        from: [{ value: 'llama3.2:3b', line: 5, column: 6 }],
        adapters: [{ value: '/data/lora.gguf', line: 22, column: 9 }],
        template: '{{ if .System }}{{ .System }}{{ end }}\n{{ .Prompt }}',
        system: 'You answer briefly.',
        parameters: { temperature: 0.7, num_ctx: 4096, use_mmap: false, stop: ['<|end|>', ' '], seed: -1 },
        messages: [
          { role: 'user', content: 'Is Toronto in Canada?' },
          { role: 'assistant', content: 'yes' },
          { role: 'system', content: 'two\nlines' },
        ],
        licenses: ['MIT', '\nand a long one # with what is no comment\n'],
        requires: '0.14.0',
        renderer: 'qwen3-coder',
        parser: 'qwen3-coder',
      })
    }
  })

  test.each([
    ['SYSTEM """a "quoted" word"""', 'a "quoted" word'],
    ['SYSTEM """ends with a quote""""', 'ends with a quote"'],
    ['SYSTEM """"""', ''],
    ['SYSTEM ""', ''],
    ['SYSTEM "over\ntwo lines"', 'over\ntwo lines'],
    ['SYSTEM """says """x""" inside\nand ends"""   ', 'says """x""" inside\nand ends'],
    ['SYSTEM He said "no" to it', 'He said "no" to it'],
    ['SYSTEM\tby a tab', 'by a tab'],
    ['SYSTEM """\nFROM other\n# kept\n"""', '\nFROM other\n# kept\n'],
    ['SYSTEM first\nSYSTEM last', 'last'],
  ])('quotes: %j', (line, system) => {
    expect(parseModelfile(`FROM a\n${line}`).system).toBe(system)
  })

  test('a parameter that nobody knows yet goes on with the type that it looks like', () => {
    const text = 'FROM a\nPARAMETER draft_depth 3\nPARAMETER brand_new true\nPARAMETER mood calm'
    expect(parseModelfile(text).parameters).toEqual({ draft_depth: 3, brand_new: true, mood: 'calm' })
  })

  test('a large one in no time', () => {
    const messages = Array.from({ length: 20_000 }, (_each, index) => `MESSAGE user question ${index}`)
    const text = `FROM a\n${messages.join('\n')}\nSYSTEM """${'word\n'.repeat(100_000)}"""`
    const at = performance.now()
    expect(parseModelfile(text).messages).toHaveLength(20_000)
    expect(performance.now() - at).toBeLessThan(1_000)
    const stops = parseModelfile(`FROM a\n${'PARAMETER stop x\n'.repeat(60_000)}`).parameters.stop
    expect(stops).toHaveLength(60_000)
  })
})

describe('what is wrong is said with its place', () => {
  test.each([
    ['', 'Modelfile, line 1, column 1: there is no FROM line. It says what the model is made from: FROM llama3.2.'],
    [
      'SYSTEM hello',
      'Modelfile, line 1, column 1: there is no FROM line. It says what the model is made from: FROM llama3.2.',
    ],
    ['FROM', 'Modelfile, line 1, column 5: FROM needs a value after it.'],
    ['FROM a\n\n  FORM b', 'Modelfile, line 3, column 3: "FORM" is no instruction. Did you mean FROM?'],
    [
      'FROM a\nYou are a pirate.',
      'Modelfile, line 2, column 1: "You" is no instruction. An instruction is one of FROM, SYSTEM, PARAMETER, TEMPLATE, ADAPTER, MESSAGE, LICENSE, REQUIRES, RENDERER, PARSER; text over several lines goes between """ and """.',
    ],
    [
      'FROM a\nPARAMETER',
      'Modelfile, line 2, column 10: PARAMETER needs a name and a value, as in PARAMETER temperature 0.7.',
    ],
    ['FROM a\nPARAMETER top_k', 'Modelfile, line 2, column 16: PARAMETER top_k needs a value after it.'],
    ['FROM a\nPARAMETER top_k 1.5', 'Modelfile, line 2, column 17: top_k must be a whole number, and this is "1.5".'],
    [
      'FROM a\nPARAMETER temperature 1 # hot',
      'Modelfile, line 2, column 23: temperature must be a number, and this is "1 # hot". A comment needs a line of its own.',
    ],
    [
      'FROM a\nPARAMETER use_mmap yes',
      'Modelfile, line 2, column 20: use_mmap must be true or false, and this is "yes".',
    ],
    [
      'FROM a\nPARAMETER temprature 1',
      'Modelfile, line 2, column 11: there is no parameter "temprature". Did you mean temperature?',
    ],
    [
      'FROM a\nPARAMETER __proto__ 1',
      'Modelfile, line 2, column 11: "__proto__" is no name of a parameter: it may have letters, digits and _.',
    ],
    ['FROM a\nMESSAGE', 'Modelfile, line 2, column 8: MESSAGE needs a role and a text, as in MESSAGE user Hello.'],
    [
      'FROM a\nMESSAGE tool hi',
      'Modelfile, line 2, column 9: "tool" is no role of a message. It is one of system, user, assistant.',
    ],
    [
      'FROM a\nSYSTEM """never\nends',
      'Modelfile, line 2, column 8: the text that begins with """ here is never closed. The closing """ must be the last thing in its line.',
    ],
    [
      'FROM a\nSYSTEM "closed" too early',
      'Modelfile, line 2, column 8: the text that begins with " here is never closed. The closing " must be the last thing in its line.',
    ],
    ['FROM a\nFROM b', 'Modelfile, line 2, column 6: a model can be made from one model only; there is a FROM above.'],
    [
      'FROM /x/a.gguf\nFROM b',
      'Modelfile, line 2, column 6: FROM names a model here and a file in another line; only one of them can be.',
    ],
    [
      'FROM ./a.gguf',
      'Modelfile, line 1, column 6: "./a.gguf" is a path without its beginning. Write the full path of the file.',
    ],
    [
      'FROM a\nADAPTER lora',
      'Modelfile, line 2, column 9: "lora" is no file. ADAPTER needs the full path of a GGUF file.',
    ],
  ])('%j', (text, message) => {
    expect(complaint(text)).toBe(message)
  })

  test('all of it is in the detail', () => {
    const text = 'FROM a\nPARAMETER top_k x\nMESSAGE tool y\nNOPE'
    expect(() => parseModelfile(text)).toThrow(
      expect.objectContaining({
        detail: expect.stringMatching(/line 2, column 17.*\n.*line 3, column 9.*\n.*line 4, column 1: "NOPE"/),
      }),
    )
    expect(() => parseModelfile('x\n'.repeat(50_000))).toThrow(
      expect.objectContaining({ detail: expect.stringMatching(/… and more\.$/) }),
    )
  })
})

describe('sources', () => {
  const digest = 'ab'.repeat(32)
  test.each([
    ['llama3.2', 'name'],
    ['hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M', 'name'],
    ['hf.co/someone/some.gguf', 'name'],
    ['registry.example:5000/team/model:tag', 'name'],
    ['/models/a.gguf', 'file'],
    ['~/models/a.gguf', 'file'],
    ['C:\\models\\a.gguf', 'file'],
    ['D:/models/a.gguf', 'file'],
    [`/root/.ollama/models/blobs/sha256-${digest}`, 'server-blob'],
    [`C:\\Users\\x\\.ollama\\models\\blobs\\sha256-${digest}`, 'server-blob'],
  ])('%s is a %s', (value, kind) => {
    const { from, weights } = modelSources(parseModelfile(`FROM ${value}`), {})
    expect(from === null ? weights[0]?.kind : 'name').toBe(kind)
    if (kind === 'name') expect(from).toBe(value)
    if (kind === 'server-blob')
      expect(weights[0]).toMatchObject({ digest: `sha256:${digest}`, name: `sha256-${digest}` })
  })

  test('files that were uploaded before are found by their name in the line', () => {
    const modelfile = parseModelfile('FROM ./a.gguf\nFROM ./mmproj.gguf\nADAPTER ./lora.gguf')
    const uploaded = { './a.gguf': 'sha256:1', './mmproj.gguf': 'sha256:2', './lora.gguf': 'sha256:3' }
    expect(modelSources(modelfile, uploaded)).toEqual({
      from: null,
      weights: [
        { kind: 'digest', name: 'a.gguf', digest: 'sha256:1' },
        { kind: 'digest', name: 'mmproj.gguf', digest: 'sha256:2' },
      ],
      adapters: [{ kind: 'digest', name: 'lora.gguf', digest: 'sha256:3' }],
    })
  })
})

test('the request has what the Modelfile says and nothing else', () => {
  const plain = parseModelfile('FROM a')
  expect(createRequest('m', plain, { from: 'a', files: {}, adapters: {} }, undefined)).toEqual({
    model: 'm',
    stream: true,
    from: 'a',
  })
  const full = parseModelfile(
    'FROM /a.gguf\nADAPTER /l.gguf\nSYSTEM s\nTEMPLATE t\nPARAMETER top_k 1\nMESSAGE user hi\nLICENSE x\nREQUIRES 0.14.0\nRENDERER r\nPARSER p',
  )
  const sources = { from: null, files: { 'a.gguf': 'sha256:1' }, adapters: { 'l.gguf': 'sha256:2' } }
  expect(createRequest('m', full, sources, 'q8_0')).toEqual({
    model: 'm',
    stream: true,
    files: { 'a.gguf': 'sha256:1' },
    adapters: { 'l.gguf': 'sha256:2' },
    template: 't',
    system: 's',
    parameters: { top_k: 1 },
    messages: [{ role: 'user', content: 'hi' }],
    license: ['x'],
    requires: '0.14.0',
    renderer: 'r',
    parser: 'p',
    quantize: 'q8_0',
  })
})
