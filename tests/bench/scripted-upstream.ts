import type { Connection } from '../../src/main/engine/connections/connection.ts'
import type { UpstreamModel } from '../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../src/main/engine/spec/stream-part.ts'

/** Tokens a second of the `paced` model. */
export const PACED_TOKENS_PER_SECOND = 200
const CHUNKS = 64
const TEXT = 'The answer has a few plain words in it. '

/**
 * An upstream without an upstream, so that what is measured is ours: `instant` answers with 64 deltas at once, `paced` with
 * one token (4 characters of a long mixed text) every 5 ms until 40,000 characters are out.
 */
export function scriptedConnection(longText: string): Connection {
  const model = (upstreamModel: string): UpstreamModel => ({
    upstreamModel,
    name: upstreamModel,
    capabilities: ['chat'],
    contextLength: 1_000_000,
    sizeBytes: null,
    quantization: null,
    parameterSize: null,
    family: null,
    digest: '0'.repeat(64),
    modifiedAt: 0,
    loaded: true,
    state: 'ready',
    reason: null,
    isDemo: false,
  })
  async function* instant(): AsyncGenerator<StreamPart> {
    for (let index = 0; index < CHUNKS; index++) yield { type: 'text-delta', text: TEXT }
    yield { type: 'usage', usage: { promptTokens: 10, completionTokens: CHUNKS } }
    yield { type: 'finish', reason: 'stop' }
  }
  async function* paced(signal: AbortSignal): AsyncGenerator<StreamPart> {
    const startedAt = performance.now()
    const tokens = Math.ceil(longText.length / 4)
    let sent = 0
    while (sent < tokens && !signal.aborted) {
      // By the clock, not by counting timers: a late timer must not slow the stream down.
      const due = Math.min(tokens, Math.floor(((performance.now() - startedAt) / 1000) * PACED_TOKENS_PER_SECOND))
      while (sent < due) {
        yield { type: 'text-delta', text: longText.slice(sent * 4, sent * 4 + 4) }
        sent++
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    yield { type: 'usage', usage: { promptTokens: 10, completionTokens: sent } }
    yield { type: 'finish', reason: 'stop' }
  }
  return {
    id: 'scripted',
    name: 'scripted',
    provider: 'openai',
    place: 'near',
    adapter: {
      kind: 'openai',
      listModels: async () => [model('instant'), model('paced')],
      chat: ({ upstreamModel, signal }) => (upstreamModel === 'paced' ? paced(signal) : instant()),
      complete: () => instant(),
      embed: async () => ({ embeddings: [new Float32Array([1])], promptTokens: 1, loadMs: 0, totalMs: 0 }),
    },
  }
}

/** Mixed markdown of about `length` characters: prose, code, tables, the same every time. */
export function mixedMarkdown(length: number, seed = 1): string {
  const blocks = [
    (n: number) =>
      `## Part ${n}\n\nWrite-ahead logging keeps readers and **writers** apart; see \`PRAGMA wal_checkpoint\` (${n}).`,
    (n: number) =>
      `The ${n}th page goes to the log first, and only a checkpoint moves it back. Readers keep the snapshot that they began with, so nobody waits for anybody, until the log has grown too long to search quickly.`,
    (n: number) =>
      `\`\`\`ts\nexport function page${n}(input: string): number {\n  const size = input.length * ${n}\n  return size > 4096 ? 4096 : size // bytes\n}\n\`\`\``,
    (n: number) =>
      `| way | blocks | time |\n| --- | --- | ---: |\n| backup | no | ${n}.4 s |\n| copy | yes | 0.${n} s |`,
    (n: number) => `1. First of ${n}\n2. Second, with *emphasis*\n   - nested\n3. Third`,
  ]
  let text = ''
  for (let n = seed; text.length < length; n++) text += `${blocks[n % blocks.length]?.(n)}\n\n`
  return text.slice(0, length)
}
