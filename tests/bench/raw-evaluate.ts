import { getLlama, type LlamaContextSequence } from 'node-llama-cpp'

let sequence: LlamaContextSequence | null = null

/** The ceiling: node-llama-cpp's own `sequence.evaluate` on the same file, one thread, no chat layer. µs per token. */
export async function measureRawEvaluate(path: string, tokens: number): Promise<{ usPerToken: number }> {
  if (sequence === null) {
    const llama = await getLlama({ gpu: false, build: 'never' })
    const model = await llama.loadModel({ modelPath: path })
    const context = await model.createContext({ contextSize: 4096, threads: 1 })
    sequence = context.getSequence()
  }
  await sequence.clearHistory()
  const prompt = sequence.model.tokenize('<|user|>Go on in an endless loop<|assistant|>', true)
  let count = 0
  let firstAt = Number.NaN
  for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    if (count++ === 0) firstAt = performance.now()
    if (count === tokens) break
  }
  if (count < tokens) throw new Error(`raw evaluate ended after ${count} tokens`)
  return { usPerToken: ((performance.now() - firstAt) * 1000) / (count - 1) }
}
