import type { LlamaContextSequence, Token } from 'node-llama-cpp'
import type { ContextGate } from './context-gate.ts'

/** One piece should take about this long, so that a cancel is noticed well within half a second. */
const TARGET_PIECE_MS = 80
const SMALLEST_PIECE = 16
const FIRST_PIECE = 64
const REPORT_EVERY_MS = 100

/**
 * Reads the prompt into the sequence piece by piece, except its last token (generation evaluates that one): the
 * library's own prefill ignores an abort until the whole prompt is read. Pieces grow with the model's speed up to
 * `batchSize` tokens. Throws the signal's reason between pieces. Returns how many tokens were already there.
 */
export async function prefill(
  sequence: LlamaContextSequence,
  gate: ContextGate,
  tokens: readonly Token[],
  batchSize: number,
  signal: AbortSignal,
  report: (fraction: number) => void,
): Promise<number> {
  const wanted = tokens.slice(0, -1)
  await sequence.adaptStateToTokens(wanted, false)
  const cached = sequence.nextTokenIndex
  const total = wanted.length - cached
  let piece = Math.min(FIRST_PIECE, batchSize)
  let reportedAt = 0
  let position = cached
  if (total > FIRST_PIECE) report(0)
  while (position < wanted.length) {
    signal.throwIfAborted()
    if (gate.closed !== null) await gate.closed
    const started = performance.now()
    if (position > cached && started - reportedAt >= REPORT_EVERY_MS) {
      report((position - cached) / total)
      reportedAt = started
    }
    const end = Math.min(wanted.length, position + piece)
    await sequence.evaluateWithoutGeneratingNewTokens(wanted.slice(position, end))
    const elapsed = Math.max(0.1, performance.now() - started)
    const ideal = Math.floor(((end - position) / elapsed) * TARGET_PIECE_MS)
    piece = Math.max(Math.min(SMALLEST_PIECE, batchSize), Math.min(batchSize, ideal, piece * 2))
    position = end
  }
  signal.throwIfAborted()
  if (reportedAt !== 0) report(1)
  return cached
}
