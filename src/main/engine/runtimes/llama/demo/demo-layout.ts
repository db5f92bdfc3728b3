import { DEMO_PLACES, DEMO_TOPICS } from './demo-topics.ts'
import type { DemoSignal } from './demo-vocabulary.ts'
import { CODE_LENGTH } from './state-codes.ts'

/** Width of the residual stream; a multiple of 32 for Q8_0. */
export const EMBEDDING_LENGTH = 192
export const HEAD_LENGTH = 32
export const FEED_FORWARD_LENGTH = 32

/** The dimension that is 1 for every token. */
export const CONSTANT_DIM = CODE_LENGTH

const SIGNALS: readonly DemoSignal[] = [
  ...DEMO_TOPICS.map((topic): DemoSignal => `topic:${topic.name}`),
  'question',
  'tools',
  'result',
  ...DEMO_PLACES.map((place): DemoSignal => `place:${place}`),
]

const SIGNAL_DIMS = new Map(SIGNALS.map((signal, index) => [signal, CONSTANT_DIM + 1 + index]))

/** The dimension that a signal has in the residual stream. */
export function signalDim(signal: DemoSignal): number {
  const dim = SIGNAL_DIMS.get(signal)
  if (dim === undefined || dim >= EMBEDDING_LENGTH) throw new Error(`The demo model has no room for ${signal}`)
  return dim
}

/** Dimensions in which each token without signals has a small mark of its own, so that embeddings tell texts apart. */
export const MARK_DIMS: readonly number[] = Array.from(
  { length: EMBEDDING_LENGTH - CONSTANT_DIM - 1 - SIGNALS.length },
  (_, index) => CONSTANT_DIM + 1 + SIGNALS.length + index,
)

/**
 * What one attention head looks for: it lands on the newest token that shows one of `keys` and carries `carries`.
 * Where no key is in sight it sees all tokens alike: with `pools` it then gathers their marks.
 */
export type DemoHead = {
  keys: readonly DemoSignal[]
  favoured: readonly DemoSignal[]
  carries: readonly DemoSignal[]
  pools?: boolean
}

const TOPIC_SIGNALS = SIGNALS.filter((signal) => signal.startsWith('topic:'))
const PLACE_SIGNALS = SIGNALS.filter((signal) => signal.startsWith('place:'))
const USER_TURN: DemoSignal = 'topic:default'

function newestInTurn(signals: readonly DemoSignal[]): DemoHead {
  return { keys: [USER_TURN, ...signals], favoured: signals, carries: signals }
}

/** The five heads: topic, question mark, offered tools, tool result, place. */
export const DEMO_HEADS: readonly DemoHead[] = [
  { ...newestInTurn(TOPIC_SIGNALS.filter((signal) => signal !== USER_TURN)), carries: TOPIC_SIGNALS },
  newestInTurn(['question']),
  { keys: ['tools'], favoured: [], carries: ['tools'], pools: true },
  newestInTurn(['result']),
  newestInTurn(PLACE_SIGNALS),
]
