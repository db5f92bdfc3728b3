import { buildDemoModel } from '../../src/main/engine/runtimes/llama/demo/demo-model.ts'

/** A file that must be refused. Cases of one `kind` may share a reason; different kinds may not. */
export type MalformedGguf = { name: string; kind: string; bytes: Uint8Array }

const TRUNCATIONS = 60
const U64_MAX = 2n ** 64n - 1n

/** Every malformed file that the header check and the runtime must survive, made from the valid demo model. */
export function malformedGgufCases(): MalformedGguf[] {
  const valid = buildDemoModel('demo')
  return [
    ...foreignFiles(valid),
    ...truncations(valid),
    ...absurdHeaders(valid),
    ...absurdModels(valid),
    ...absurdTensors(valid),
  ]
}

function foreignFiles(valid: Uint8Array): MalformedGguf[] {
  const bytesOf = (text: string) => new TextEncoder().encode(text)
  return [
    { name: 'empty', kind: 'empty', bytes: new Uint8Array() },
    { name: 'one byte', kind: 'one byte', bytes: bytesOf('G') },
    { name: 'magic only', kind: 'truncated', bytes: bytesOf('GGUF') },
    { name: 'random bytes', kind: 'random', bytes: pseudoRandom(100_000) },
    {
      name: 'random bytes behind a valid preamble',
      kind: 'random header',
      bytes: concat(valid.subarray(0, 24), pseudoRandom(50_000)),
    },
    {
      name: 'HTML page',
      kind: 'html',
      bytes: bytesOf('<!DOCTYPE html><html><body>Please log in</body></html>'.repeat(50)),
    },
    {
      name: 'Git LFS pointer',
      kind: 'lfs',
      bytes: bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
    },
    { name: 'zeros', kind: 'random', bytes: new Uint8Array(4096) },
  ]
}

function truncations(valid: Uint8Array): MalformedGguf[] {
  return Array.from({ length: TRUNCATIONS }, (_, index) => {
    const length = Math.max(5, Math.floor(((index + 1) * valid.length) / (TRUNCATIONS + 1)))
    return { name: `truncated at byte ${length}`, kind: 'truncated', bytes: valid.slice(0, length) }
  }).concat(
    [9, 20, 40, 300, 5000].map((length) => ({
      name: `truncated in the header at byte ${length}`,
      kind: 'truncated',
      bytes: valid.slice(0, length),
    })),
  )
}

function absurdHeaders(valid: Uint8Array): MalformedGguf[] {
  const preamble = (name: string, edit: (view: DataView) => void) => ({ name, kind: name, bytes: edited(valid, edit) })
  const behind = (name: string, key: string, skip: number, edit: (view: DataView) => void) => ({
    name,
    kind: name,
    bytes: edited(valid, (view) => edit(new DataView(view.buffer, afterText(valid, key) + skip))),
  })
  return [
    preamble('version 99', (view) => view.setUint32(4, 99, true)),
    preamble('version 1', (view) => view.setUint32(4, 1, true)),
    preamble('big endian', (view) => view.setUint32(4, 3, false)),
    preamble('absurd metadata count', (view) => view.setBigUint64(16, U64_MAX, true)),
    preamble('absurd tensor count', (view) => view.setBigUint64(8, 2n ** 60n, true)),
    behind('absurd array length', 'tokenizer.ggml.tokens', 8, (view) => view.setBigUint64(0, 2n ** 62n, true)),
    behind('absurd number array length', 'tokenizer.ggml.token_type', 8, (view) => view.setBigUint64(0, U64_MAX, true)),
    behind('array of arrays', 'tokenizer.ggml.tokens', 4, (view) => view.setUint32(0, 9, true)),
    behind('array of an unknown type', 'tokenizer.ggml.tokens', 4, (view) => view.setUint32(0, 77, true)),
    behind('unknown value type', 'general.name', 0, (view) => view.setUint32(0, 1234, true)),
    behind('absurd string length', 'general.name', 4, (view) => view.setBigUint64(0, 2n ** 63n, true)),
    preamble('absurd key length', (view) => view.setBigUint64(24, 2n ** 40n, true)),
    {
      name: 'duplicate key',
      kind: 'duplicate key',
      bytes: replaced(valid, 'llama.rope.freq_base', 'llama.context_length'),
    },
    behind('alignment of seven', 'general.alignment', 4, (view) => view.setUint32(0, 7, true)),
    behind('alignment of zero', 'general.alignment', 4, (view) => view.setUint32(0, 0, true)),
  ]
}

function absurdModels(valid: Uint8Array): MalformedGguf[] {
  const number = (name: string, key: string, value: number) => ({
    name,
    kind: name,
    bytes: edited(valid, (view) => view.setUint32(afterText(valid, key) + 4, value, true)),
  })
  return [
    number('embedding_length 0', 'llama.embedding_length', 0),
    number('embedding_length huge', 'llama.embedding_length', 0xffff_ffff),
    number('head_count 0', 'llama.attention.head_count', 0),
    number('block_count 0', 'llama.block_count', 0),
    number('block_count 100000', 'llama.block_count', 100_000),
    number('context_length 0', 'llama.context_length', 0),
    number('key_length 0', 'llama.attention.key_length', 0),
    number('value_length differs', 'llama.attention.value_length', 16),
    number('rotation differs', 'llama.rope.dimension_count', 30),
    { name: 'unknown architecture', kind: 'unknown architecture', bytes: replaced(valid, 'llama', 'lxxma') },
    { name: 'duplicate token', kind: 'duplicate token', bytes: duplicateToken(valid) },
    {
      name: 'no vocabulary',
      kind: 'no vocabulary',
      bytes: replaced(valid, 'tokenizer.ggml.tokens', 'tokenizer.ggml.tokenz'),
    },
    {
      name: 'no architecture',
      kind: 'no architecture',
      bytes: replaced(valid, 'general.architecture', 'general.architectura'),
    },
  ]
}

// After a tensor's name come its dimension count (4 bytes), its dimensions (8 each), its type (4) and its offset (8)
function absurdTensors(valid: Uint8Array): MalformedGguf[] {
  const tensor = (name: string, edit: (view: DataView) => void) => ({
    name,
    kind: name,
    bytes: edited(valid, (view) => edit(new DataView(view.buffer, afterText(valid, 'token_embd.weight')))),
  })
  return [
    tensor('absurd dimension count', (view) => view.setUint32(0, 4_000_000_000, true)),
    tensor('absurd dimension', (view) => view.setBigUint64(12, 2n ** 62n, true)),
    tensor('far too large dimension', (view) => view.setBigUint64(12, 2n ** 40n, true)),
    tensor('dimension of zero', (view) => view.setBigUint64(12, 0n, true)),
    tensor('row that no block fits', (view) => view.setBigUint64(4, 191n, true)),
    tensor('absurd tensor type', (view) => view.setUint32(20, 9999, true)),
    tensor('removed tensor type', (view) => view.setUint32(20, 31, true)),
    tensor('absurd offset', (view) => view.setBigUint64(24, 2n ** 62n, true)),
    tensor('unaligned offset', (view) => view.setBigUint64(24, 5n, true)),
    {
      name: 'duplicate tensor',
      kind: 'duplicate tensor',
      bytes: replaced(valid, 'blk.0.attn_q.weight', 'blk.0.attn_k.weight'),
    },
  ]
}

function duplicateToken(valid: Uint8Array): Uint8Array {
  // The first two byte tokens have names of two bytes: count, then length and text of each
  const first = afterText(valid, 'tokenizer.ggml.tokens') + 16
  return edited(valid, (view) => view.setUint16(first + 18, view.getUint16(first + 8)))
}

function edited(valid: Uint8Array, edit: (view: DataView) => void): Uint8Array {
  const copy = valid.slice()
  edit(new DataView(copy.buffer))
  return copy
}

/** Replaces the first occurrence of `from` by a text of the same length; 'llama' stands for the architecture. */
function replaced(valid: Uint8Array, from: string, to: string): Uint8Array {
  if (to.length !== from.length) throw new Error(`${from} and ${to} differ in length`)
  const copy = valid.slice()
  const value = from === 'llama' ? afterText(valid, 'general.architecture') + 12 : afterText(valid, from) - from.length
  copy.set(new TextEncoder().encode(to), value)
  return copy
}

function afterText(valid: Uint8Array, text: string): number {
  const at = Buffer.from(valid.buffer, valid.byteOffset, valid.byteLength).indexOf(text)
  if (at < 0) throw new Error(`The demo model does not contain ${text}`)
  return at + text.length
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length)
  joined.set(left)
  joined.set(right, left.length)
  return joined
}

function pseudoRandom(length: number): Uint8Array {
  let seed = 12_345
  return Uint8Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed >>> 24
  })
}
