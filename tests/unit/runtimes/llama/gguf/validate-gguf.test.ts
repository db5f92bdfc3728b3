import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GgufValue, writeGguf } from '../../../../../src/main/engine/runtimes/llama/demo/gguf-writer.ts'
import { validateGguf } from '../../../../../src/main/engine/runtimes/llama/gguf/validate-gguf.ts'
import { malformedGgufCases } from '../../../../support/malformed-gguf.ts'
import { ensureTestModels } from '../../../../support/test-models.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-gguf-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function validateBytes(bytes: Uint8Array, name = 'model.gguf') {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return validateGguf(path)
}

/** A minimal model: one F32 tensor of 32 values; `split` and other entries on top. */
function smallModel(extra: [string, GgufValue][] = [], tokens = ['a', 'b']): Uint8Array {
  const uint32 = (key: string, value: number): [string, GgufValue] => [key, { type: 'uint32', value }]
  const metadata: [string, GgufValue][] = [
    ['general.architecture', { type: 'string', value: 'qwen2' }],
    uint32('qwen2.context_length', 512),
    uint32('qwen2.embedding_length', 32),
    uint32('qwen2.block_count', 1),
    uint32('qwen2.attention.head_count', 2),
    ['tokenizer.ggml.tokens', { type: 'strings', value: tokens }],
    ...extra,
  ]
  return writeGguf(new Map(metadata), [
    { name: 'token_embd.weight', dims: [32], ggmlType: 0, data: new Uint8Array(128) },
  ])
}

describe('the kind of a refusal', () => {
  it.each([
    ['empty', 'empty'],
    ['random bytes', 'not-gguf'],
    ['HTML page', 'web-page'],
    ['Git LFS pointer', 'lfs-pointer'],
    ['magic only', 'cut-off'],
    ['unknown architecture', 'architecture'],
    ['duplicate token', 'damaged'],
  ])('%s is %s', async (name, kind) => {
    const bad = malformedGgufCases().find((one) => one.name === name)
    expect(await validateBytes(bad?.bytes ?? smallModel(), 'bad.gguf')).toMatchObject({ ok: false, refusal: kind })
  })

  it('tells parts of a model from damage', async () => {
    const split: [string, GgufValue][] = [
      ['split.no', { type: 'uint32', value: 1 }],
      ['split.count', { type: 'uint32', value: 2 }],
    ]
    expect(await validateBytes(smallModel(split))).toMatchObject({ ok: false, refusal: 'split-part' })
    expect(await validateGguf(join(folder, 'gone.gguf'))).toMatchObject({ ok: false, refusal: 'unreadable' })
  })
})

describe('sound files', () => {
  it('reads the demo model and its variants', async () => {
    const models = await ensureTestModels()
    const demo = await validateGguf(models.demo)
    if (!demo.ok) throw new Error(demo.reason)
    expect(demo.facts).toMatchObject({
      architecture: 'llama',
      name: 'Switchyard demo',
      quantization: 'Q8_0',
      contextLength: 8192,
      embeddingLength: 192,
      blockCount: 1,
      headCount: 5,
      hasChatTemplate: true,
      isEmbedding: false,
      license: 'mit',
    })
    expect(demo.facts.vocabularySize).toBe(demo.metadata['tokenizer.ggml.tokens'])
    expect(demo.template).toContain('<|')
    expect(demo.tensorCount).toBe(12)
    expect(demo.split).toBeNull()
    expect(demo.tensorBytes).toBeLessThan(demo.fileSizeBytes)
    expect(await validateGguf(models.demoLong)).toMatchObject({ ok: true, facts: { contextLength: 131_072 } })
    expect(await validateGguf(models.demoEmbed)).toMatchObject({ ok: true, facts: { isEmbedding: true } })
  })

  it('takes head counts per layer, and the quantization from the tensors where the header names none', async () => {
    const bytes = smallModel([['qwen2.attention.head_count_kv', { type: 'int32s', value: [0, 2] }]])
    expect(await validateBytes(bytes)).toMatchObject({ ok: true, facts: { quantization: 'F32', headCount: 2 } })
  })

  it('lets other work run while it reads a large vocabulary', async () => {
    const tokens = Array.from({ length: 300_000 }, (_, index) => `token number ${index}`)
    const path = join(folder, 'large.gguf')
    await writeFile(path, smallModel([], tokens))
    let turns = 0
    const count = () => {
      turns++
      timer = setImmediate(count)
    }
    let timer = setImmediate(count)
    const result = await validateGguf(path)
    clearImmediate(timer)
    expect(result).toMatchObject({ ok: true, facts: { vocabularySize: 300_000 } })
    // 7 MB in windows of 256 kB
    expect(turns).toBeGreaterThan(20)
  })
})

describe('malformed files', () => {
  const cases = malformedGgufCases()
  const reasons = new Map<string, string>()

  it.each(cases.map((entry) => [entry.name, entry] as const))('refuses: %s', async (_, entry) => {
    const started = performance.now()
    const result = await validateBytes(entry.bytes)
    expect(performance.now() - started).toBeLessThan(1000)
    if (result.ok) throw new Error('The file was accepted')
    expect(result.reason).toMatch(/^[A-Z].{10,300}\.$/)
    if (entry.kind === 'truncated') expect(result.reason).toMatch(/the download was cut off/)
    else reasons.set(entry.kind, result.reason)
  })

  it('gives every kind of fault its own reason', () => {
    expect(new Set(reasons.values()).size).toBe(reasons.size)
    expect(reasons.size).toBeGreaterThan(40)
  })

  it('says how much is missing', async () => {
    const entry = cases.filter((other) => other.kind === 'truncated')[40]
    if (!entry) throw new Error('no truncated case')
    expect(await validateBytes(entry.bytes)).toMatchObject({
      reason: expect.stringMatching(
        /^The file ends after \d+ kB, but its tensors need \d+ kB: the download was cut off\.$/,
      ),
      detail: expect.stringMatching(/^\d+ bytes are missing$/),
    })
  })

  it('explains a missing file and a folder', async () => {
    expect(await validateGguf(join(folder, 'nowhere.gguf'))).toMatchObject({
      ok: false,
      reason: 'The file is not there any more.',
    })
    expect((await validateGguf(folder)).ok).toBe(false)
  })
})

describe('split models', () => {
  const part = (number: number) =>
    smallModel([
      ['split.no', { type: 'uint32', value: number - 1 }],
      ['split.count', { type: 'uint32', value: 2 }],
    ])

  it('adds up all parts', async () => {
    await writeFile(join(folder, 'split-00002-of-00002.gguf'), part(2))
    const result = await validateBytes(part(1), 'split-00001-of-00002.gguf')
    expect(result).toMatchObject({ ok: true, split: { part: 1, parts: 2 }, tensorCount: 2 })
  })

  it('refuses a later part, a missing part and a cut-off part', async () => {
    expect(await validateBytes(part(2), 'later-00002-of-00002.gguf')).toMatchObject({
      ok: false,
      reason: 'The file is part 2 of 2 of a split model; choose its first part.',
    })
    expect(await validateBytes(part(1), 'alone-00001-of-00002.gguf')).toMatchObject({
      ok: false,
      reason: 'The model is split into 2 files, and alone-00002-of-00002.gguf is missing.',
    })
    const second = part(2)
    await writeFile(join(folder, 'cut-00002-of-00002.gguf'), second.subarray(0, second.length - 64))
    expect((await validateBytes(part(1), 'cut-00001-of-00002.gguf')).ok).toBe(false)
  })
})
