import { describe, expect, it } from 'vitest'
import {
  rememberedModels,
  sameFiles,
  searchModels,
  sortModels,
  vramPercent,
} from '../../../src/renderer/features/ollama/model-list.ts'
import { nameFromFile, readModelName, readModelNames } from '../../../src/renderer/features/ollama/model-name.ts'
import { offsetOf, problemsOf, starterFrom } from '../../../src/renderer/features/ollama/modelfile-text.ts'
import { ollamaDetails, ollamaModel, ollamaShelf } from '../support/ollama-samples.ts'
import { catalogOf, modelFile } from '../support/samples.ts'

describe('readModelName', () => {
  it.each([
    ['llama3.2', 'ollama.com', '', 'llama3.2', 'latest'],
    ['llama3.2:3b', 'ollama.com', '', 'llama3.2', '3b'],
    ['ada/coder:v4', 'ollama.com', 'ada', 'coder', 'v4'],
    ['hf.co/some/Model-GGUF:Q4_K_M', 'hf.co', 'some', 'Model-GGUF', 'Q4_K_M'],
    ['localhost:5000/team/model', 'localhost:5000', 'team', 'model', 'latest'],
  ])('%s', (text, host, namespace, model, tag) => {
    expect(readModelName(text)).toMatchObject({ text, host, namespace, model, tag })
  })

  it('takes the address of a page for its name', () => {
    expect(readModelName('https://ollama.com/library/llama3.2:3b')?.text).toBe('llama3.2:3b')
    expect(readModelName('https://ollama.com/ada/coder')?.text).toBe('ada/coder')
    expect(readModelName('https://huggingface.co/some/Model-GGUF/')?.text).toBe('hf.co/some/Model-GGUF')
  })

  it.each(['', ':tag', 'a/b/c/d', 'bad name', 'model:', '-model', 'a//b', 'model:../x', '模型'])(
    'refuses %j',
    (text) => {
      expect(readModelName(text)).toBeNull()
    },
  )

  it('knows the name that the server lists', () => {
    expect(readModelName('localhost:5000/team/model')?.full).toBe('localhost:5000/team/model:latest')
    expect(readModelName('llama3.2:3b')?.full).toBe('llama3.2:3b')
  })
})

describe('readModelNames', () => {
  it('takes several, once each, and leaves the command out', () => {
    const { names, wrong } = readModelNames('ollama pull llama3.2:3b, qwen3\nqwen3')
    expect([names.map(({ text }) => text), wrong]).toEqual([['llama3.2:3b', 'qwen3'], null])
  })

  it('names the first that is none', () => {
    expect(readModelNames('qwen3 a/b/c/d').wrong).toBe('a/b/c/d')
  })
})

it('makes a name out of a file name', () => {
  expect(nameFromFile('My Model (v2)-Q4_K_M.gguf')).toBe('my-model-v2-q4_k_m')
  expect(nameFromFile('模型 7b.gguf')).toBe('7b')
  expect(nameFromFile('模型.gguf')).toBe('')
  expect(readModelName(nameFromFile('..hidden.gguf'))).not.toBeNull()
})

describe('lists of models', () => {
  const shelf = ollamaShelf(0)
  it('sort by each column, ties by name', () => {
    expect(sortModels(shelf, 'size', 'descending')[0]?.name).toBe('qwen2.5-coder:32b')
    expect(sortModels(shelf, 'name', 'ascending')[0]?.name).toBe('ada/careful-coder:v4')
    expect(
      sortModels(shelf, 'loaded', 'descending')
        .slice(0, 4)
        .map(({ name }) => name),
    ).toEqual(['nomic-embed-text:latest', 'llama3.1:8b', 'qwen2.5-coder:32b', 'ada/careful-coder:v4'])
    expect(sortModels([ollamaModel('b'), ollamaModel('a')], 'size', 'descending').map(({ name }) => name)).toEqual([
      'a',
      'b',
    ])
  })

  it('are searched by every word in any order', () => {
    expect(searchModels(shelf, 'q4_k_m GEMMA').map(({ name }) => name)).toEqual(['gemma3:4b', 'gemma3:latest'])
    expect(searchModels(shelf, 'nothing like it')).toEqual([])
  })

  it('know names that share their files', () => {
    const gemma = shelf.find(({ name }) => name === 'gemma3:4b') ?? ollamaModel('none')
    expect(sameFiles(shelf, gemma)).toEqual(['gemma3:latest'])
    expect(
      sameFiles([ollamaModel('a', { digest: '' }), ollamaModel('b', { digest: '' })], ollamaModel('a', { digest: '' })),
    ).toEqual([])
  })

  it('tell the share of video memory', () => {
    expect(vramPercent({ sizeBytes: 200, vramBytes: 100, expiresAt: null })).toBe(50)
    expect(vramPercent({ sizeBytes: 100, vramBytes: 130, expiresAt: null })).toBe(100)
    expect(vramPercent({ sizeBytes: 0, vramBytes: 0, expiresAt: null })).toBe(0)
  })

  it('are remembered from the catalog, with the oldest date', () => {
    const catalog = catalogOf([modelFile('one'), modelFile('two', { modifiedAt: 5 })])
    expect(rememberedModels(catalog, 'llama')).toMatchObject({ knownAt: 5, models: [{ name: 'one' }, { name: 'two' }] })
    expect(rememberedModels(catalog, 'attic')).toBeNull()
  })
})

describe('problemsOf', () => {
  const error = { code: 'invalid_request', retryable: false, param: 'modelfile' } as const
  it('reads lines and columns out of the engine’s sentences', () => {
    const message = 'Modelfile, line 2, column 11: "x" is no parameter.'
    expect(problemsOf({ ...error, message })).toEqual([{ line: 2, column: 11, text: '"x" is no parameter.' }])
    expect(
      problemsOf({ ...error, message, detail: `${message}\nModelfile, line 4, column 1: never closed.\n… and more.` }),
    ).toHaveLength(2)
  })

  it('leaves other errors alone', () => {
    expect(problemsOf({ ...error, message: 'There is no such file.' })).toEqual([])
    expect(problemsOf({ ...error, param: 'model', message: 'Modelfile, line 2, column 1: x' })).toEqual([])
    expect(problemsOf(null)).toEqual([])
  })

  it('finds the place in the text', () => {
    const text = 'FROM a\nPARAMETER x 1\n'
    expect(text.slice(offsetOf(text, { line: 2, column: 11 }))).toBe('x 1\n')
    expect(offsetOf(text, { line: 99, column: 1 })).toBe(text.length)
  })
})

describe('starterFrom', () => {
  it('names the model in FROM and leaves Ollama’s note out', () => {
    const text = starterFrom(ollamaDetails('llama3.1:8b'))
    expect(text.split('\n')[0]).toBe('FROM llama3.1:8b')
    expect(text).not.toContain('#')
    expect(text).toContain('TEMPLATE """{{ .Prompt }}"""')
  })

  it('works on a server’s empty or odd answer', () => {
    expect(starterFrom({ name: 'a', modelfile: '' })).toBe('FROM a\n\n')
    expect(starterFrom({ name: 'a', modelfile: 'FROM other:1b\nSYSTEM x' })).toBe('FROM other:1b\nSYSTEM x\n')
    const windows = `FROM C:\\Users\\ada\\.ollama\\models\\blobs\\sha256-${'a'.repeat(64)}\r\nSYSTEM x`
    expect(starterFrom({ name: 'a', modelfile: windows })).toBe('FROM a\nSYSTEM x\n')
  })
})
