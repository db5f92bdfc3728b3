import { describe, expect, it } from 'vitest'
import { matchModel } from '../../../src/renderer/components/model-picker/match-model.ts'
import { pickerRows } from '../../../src/renderer/components/model-picker/picker-rows.ts'
import { chatModels } from '../../../src/renderer/features/chat/use-chat-models.ts'
import { catalogModel, holder, manyModels, threePlaces } from '../support/catalog-samples.ts'

const shelf = chatModels(threePlaces())

function outline(list: ReturnType<typeof pickerRows>): string[] {
  return list.rows.map((row) => (row.kind === 'group' ? `# ${row.group} ${row.count}` : row.model.id))
}

describe('the rows of the picker', () => {
  it('stand by place, with what cannot answer last, and no embedding model', () => {
    expect(outline(pickerRows(shelf, [], ''))).toEqual([
      '# here 2',
      'Qwen3-8B-Q4_K_M',
      'demo',
      '# near 2',
      'gemma3:12b',
      'gpt-oss:20b',
      '# away 2',
      'anthropic/claude-sonnet-4.5',
      'gpt-5-mini',
      '# unavailable 2',
      'phi-4-Q4_K_M',
      'llama3.3:70b',
    ])
  })

  it('begin with what was used lately, the latest first, each model once', () => {
    const rows = outline(pickerRows(shelf, ['gpt-5-mini', 'llama3.3:70b', 'gone', 'demo'], ''))
    expect(rows.slice(0, 5)).toEqual(['# recent 2', 'gpt-5-mini', 'demo', '# here 1', 'Qwen3-8B-Q4_K_M'])
    expect(rows.filter((row) => row === 'demo')).toHaveLength(1)
    expect(rows.at(-1)).toBe('llama3.3:70b')
  })

  it('count models alone for the listbox', () => {
    const list = pickerRows(shelf, ['demo'], '')
    const indexes = list.rows.flatMap((row) => (row.kind === 'model' ? [row.index] : []))
    expect(indexes).toEqual(list.models.map((_, index) => index))
    expect(list.rows.flatMap((row) => (row.kind === 'model' ? [row.model] : []))).toEqual(list.models)
  })

  it('lead with the best match when searching, wherever it is', () => {
    expect(outline(pickerRows(shelf, ['demo'], 'gpt-5'))).toEqual(['# away 1', 'gpt-5-mini'])
    expect(outline(pickerRows(shelf, [], 'claude'))[1]).toBe('anthropic/claude-sonnet-4.5')
    expect(outline(pickerRows(shelf, [], 'attic'))).toEqual(['# near 2', 'gemma3:12b', 'gpt-oss:20b'])
    expect(outline(pickerRows(shelf, [], '70b'))).toEqual(['# unavailable 1', 'llama3.3:70b'])
    expect(pickerRows(shelf, [], 'nothing like it').models).toEqual([])
  })

  it('are made of 5,000 models within a frame or so', () => {
    const many = manyModels(5000)
    pickerRows(many, [], 'qwen 42')
    const start = performance.now()
    expect(pickerRows(many, [], 'qwen 42').models.length).toBeGreaterThan(10)
    expect(performance.now() - start).toBeLessThan(200)
  })
})

describe('a query', () => {
  const model = catalogModel('qwen3:8b-q4_K_M', [holder('Mac Studio', 'near')], { name: 'Qwen3 8B', tags: ['work'] })

  it.each(['qwen', 'QWEN3', '8b', 'q38', 'q4_k', 'work', 'studio', 'studio qwen', 'qwen work'])('%s finds', (query) => {
    expect(matchModel(model, query)).toBeGreaterThan(0)
  })

  it.each(['llama', 'qwen llama', 'nw', 'wrk', 'stdo'])('%s does not', (query) => {
    expect(matchModel(model, query)).toBe(0)
  })

  it('weighs a whole name over its beginning, a word over a part, a part over letters', () => {
    const scores = ['qwen3 8b', 'qwen', '8b', 'wen', 'qn3'].map((query) =>
      matchModel(
        catalogModel('x', [], { name: query === 'qwen3 8b' ? 'qwen3-8b' : 'Qwen3 8B' }),
        query.replace(' ', '-'),
      ),
    )
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(new Set(scores).size).toBe(scores.length)
  })
})
