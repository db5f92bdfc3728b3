import {
  CONSTANT_DIM,
  type DemoHead,
  EMBEDDING_LENGTH,
  FEED_FORWARD_LENGTH,
  HEAD_LENGTH,
  MARK_DIMS,
  signalDim,
} from './demo-layout.ts'
import { type DemoToken, type DemoVocabulary, TOKEN_TYPE } from './demo-vocabulary.ts'
import type { GgufTensor } from './gguf-writer.ts'
import { quantizeQ8_0 } from './quantize-q8-0.ts'
import { CODE_LENGTH, stateCode } from './state-codes.ts'

const F32 = 0
const Q8_0 = 8

/** How the rotary embedding turns: every pair slowly and almost alike, so a score falls evenly with distance. */
export type DemoRotation = { frequencyBase: number; scale: number; favourTokens: number }

type Heads = readonly DemoHead[]

// Root mean square of a token's row: 128 code dimensions and the constant one; keys show one signal more
const ROW_RMS = Math.sqrt((CODE_LENGTH + 1) / EMBEDDING_LENGTH)
const KEY_RMS = Math.sqrt((CODE_LENGTH + 2) / EMBEDDING_LENGTH)
// Attention adds a topic, at times a question mark, tools and a place
const FINAL_RMS = Math.sqrt((CODE_LENGTH + 3) / EMBEDDING_LENGTH)

// Each token of distance costs this much attention score; the f16 cache blurs it by less than one token
const SCORE_PER_TOKEN = 6
const KEY_PHASE = Math.PI / 4

// A mark is too small to move a decision; averaged over a text and enlarged it weighs as much as a seventh of a state
const OWN_MARK = 0.6
const POOLED_MARKS = 12

/** All tensors of the chat model. */
export function chatTensors(vocabulary: DemoVocabulary, heads: Heads, rotation: DemoRotation): GgufTensor[] {
  const width = heads.length * HEAD_LENGTH
  const query = new Matrix(width, EMBEDDING_LENGTH)
  const key = new Matrix(width, EMBEDDING_LENGTH)
  const value = new Matrix(width, EMBEDDING_LENGTH)
  const output = new Matrix(EMBEDDING_LENGTH, width)
  heads.forEach((head, index) => {
    const from = index * HEAD_LENGTH
    fillRecencyScore(query, key, from, head, rotation)
    head.carries.forEach((signal, slot) => {
      value.set(from + slot, signalDim(signal), KEY_RMS)
      output.set(signalDim(signal), from + slot, 1)
    })
    if (head.pools !== true) return
    MARK_DIMS.forEach((dim, index) => {
      const slot = from + head.carries.length + index
      value.set(slot, dim, 1)
      output.set(dim, slot, POOLED_MARKS)
    })
  })
  return [
    matrixTensor('token_embd.weight', embeddingRows(vocabulary.tokens)),
    ...blockTensors(query, key, value, output),
    onesTensor('output_norm.weight'),
    matrixTensor('output.weight', outputRows(vocabulary.tokens)),
  ]
}

/** All tensors of the embedding variant: one fixed pseudo-random direction per token, averaged by mean pooling. */
export function embeddingTensors(vocabulary: DemoVocabulary, heads: Heads): GgufTensor[] {
  const width = heads.length * HEAD_LENGTH
  const rows = new Matrix(vocabulary.tokens.length, EMBEDDING_LENGTH)
  const random = createRandom()
  for (let row = 0; row < vocabulary.tokens.length; row++) {
    for (let column = 0; column < EMBEDDING_LENGTH; column++) {
      rows.set(row, column, random())
    }
  }
  const flat = () => new Matrix(width, EMBEDDING_LENGTH)
  return [
    matrixTensor('token_embd.weight', rows),
    ...blockTensors(flat(), flat(), flat(), new Matrix(EMBEDDING_LENGTH, width)),
    onesTensor('output_norm.weight'),
    matrixTensor('output.weight', new Matrix(vocabulary.tokens.length, EMBEDDING_LENGTH)),
  ]
}

/**
 * Score = A cos(theta d + pi/4) summed over the rotary pairs, so near keys win. One pair, the slowest, is set apart
 * for a small bonus of favoured signals over the start of the user's turn.
 */
function fillRecencyScore(query: Matrix, key: Matrix, from: number, head: DemoHead, rotation: DemoRotation): void {
  const pairs = HEAD_LENGTH / 2
  const bonusPair = pairs - 1
  let slope = 0
  for (let pair = 0; pair < bonusPair; pair++) {
    slope += (rotation.frequencyBase ** (-pair / pairs) / rotation.scale) * Math.sin(KEY_PHASE)
  }
  const score = SCORE_PER_TOKEN * Math.sqrt(HEAD_LENGTH)
  const amplitude = Math.sqrt(score / slope)
  for (let pair = 0; pair < bonusPair; pair++) {
    const row = from + 2 * pair
    query.set(row, CONSTANT_DIM, amplitude * ROW_RMS)
    for (const signal of head.keys) {
      key.set(row, signalDim(signal), amplitude * Math.cos(KEY_PHASE) * KEY_RMS)
      key.set(row + 1, signalDim(signal), -amplitude * Math.sin(KEY_PHASE) * KEY_RMS)
    }
  }
  const bonus = Math.sqrt(score * rotation.favourTokens)
  query.set(from + 2 * bonusPair, CONSTANT_DIM, bonus * ROW_RMS)
  for (const signal of head.favoured) key.set(from + 2 * bonusPair, signalDim(signal), bonus * KEY_RMS)
}

/** Numbers from -1 to 1. A linear congruential generator is random enough here and the same everywhere. */
function createRandom(): () => number {
  let seed = 0x5eed
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 31 - 1
  }
}

function embeddingRows(tokens: readonly DemoToken[]): Matrix {
  const rows = new Matrix(tokens.length, EMBEDDING_LENGTH)
  const random = createRandom()
  tokens.forEach((token, row) => {
    codeOf(token.state).forEach((sign, column) => {
      rows.set(row, column, sign)
    })
    rows.set(row, CONSTANT_DIM, 1)
    for (const signal of token.shows) rows.set(row, signalDim(signal), 1)
    // A key's length decides its score to the last digit, so what heads look for gets no mark
    if (token.shows.length > 0 || token.type === TOKEN_TYPE.control) return
    for (const dim of MARK_DIMS) rows.set(row, dim, random() * OWN_MARK)
  })
  return rows
}

function outputRows(tokens: readonly DemoToken[]): Matrix {
  const rows = new Matrix(tokens.length, EMBEDDING_LENGTH)
  tokens.forEach((token, row) => {
    for (const [state, strength] of token.edges) {
      codeOf(state).forEach((sign, column) => {
        rows.add(row, column, (sign * strength * FINAL_RMS) / CODE_LENGTH)
      })
    }
    rows.add(row, CONSTANT_DIM, token.constant * FINAL_RMS)
    for (const [signal, strength] of token.likes) rows.add(row, signalDim(signal), strength * FINAL_RMS)
  })
  return rows
}

function codeOf(state: number): Int8Array {
  return stateCode(Math.floor(state / CODE_LENGTH), state % CODE_LENGTH)
}

function blockTensors(query: Matrix, key: Matrix, value: Matrix, output: Matrix): GgufTensor[] {
  return [
    onesTensor('blk.0.attn_norm.weight'),
    matrixTensor('blk.0.attn_q.weight', query),
    matrixTensor('blk.0.attn_k.weight', key),
    matrixTensor('blk.0.attn_v.weight', value),
    matrixTensor('blk.0.attn_output.weight', output),
    onesTensor('blk.0.ffn_norm.weight'),
    matrixTensor('blk.0.ffn_gate.weight', new Matrix(FEED_FORWARD_LENGTH, EMBEDDING_LENGTH)),
    matrixTensor('blk.0.ffn_up.weight', new Matrix(FEED_FORWARD_LENGTH, EMBEDDING_LENGTH)),
    matrixTensor('blk.0.ffn_down.weight', new Matrix(EMBEDDING_LENGTH, FEED_FORWARD_LENGTH)),
  ]
}

function matrixTensor(name: string, matrix: Matrix): GgufTensor {
  return { name, dims: [matrix.columns, matrix.rows], ggmlType: Q8_0, data: quantizeQ8_0(matrix.values) }
}

function onesTensor(name: string): GgufTensor {
  const ones = new Float32Array(EMBEDDING_LENGTH).fill(1)
  return { name, dims: [EMBEDDING_LENGTH], ggmlType: F32, data: new Uint8Array(ones.buffer) }
}

/** Row-major floats, all zero at first. */
class Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float32Array

  constructor(rows: number, columns: number) {
    this.rows = rows
    this.columns = columns
    this.values = new Float32Array(rows * columns)
  }

  set(row: number, column: number, value: number): void {
    this.values[row * this.columns + column] = value
  }

  add(row: number, column: number, value: number): void {
    this.set(row, column, (this.values[row * this.columns + column] ?? 0) + value)
  }
}
