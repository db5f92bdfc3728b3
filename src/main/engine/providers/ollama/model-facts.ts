import type { Logger } from '../../spec/engine.ts'
import type { Upstream } from '../../spec/upstream.ts'
import { type OllamaShown, ollamaEntryDigest, ollamaEntryName, ollamaShown } from '../../wire/ollama/upstream-models.ts'
import { isObject } from '../../wire/ollama/upstream-options.ts'

type Entry = Readonly<Record<string, unknown>>

/** Questions to the server at once, and how long one may take to begin to answer, ms. */
const AT_ONCE = 4
const ANSWER_WITHIN_MS = 15_000
/** A model whose facts could not be had is asked about again after so many lists. */
const LISTS_BETWEEN_TRIES = 10

/** What /api/show tells about the models of one server, by digest: it only changes with the digest. */
export interface ModelFacts {
  /** Null: not known yet. */
  get(digest: string): OllamaShown | null
  /** Asks about the entries that are not known, and forgets those that are gone. Waits `withinMs` at most; questions that take longer go on. */
  learn(entries: readonly Entry[], withinMs: number): Promise<void>
}

export function createModelFacts(upstream: Upstream, log: Logger | undefined): ModelFacts {
  const known = new Map<string, OllamaShown>()
  /** Failed digests, with the number of lists to let pass. */
  const resting = new Map<string, number>()
  const waiting = new Map<string, Entry>()
  const asking = new Set<string>()
  const whenIdle = new Set<() => void>()

  async function ask(digest: string, entry: Entry): Promise<void> {
    try {
      const answer = await upstream.json({
        method: 'POST',
        path: '/api/show',
        body: JSON.stringify({ model: ollamaEntryName(entry) }),
        signal: new AbortController().signal,
        firstByteMs: ANSWER_WITHIN_MS,
      })
      known.set(digest, ollamaShown(isObject(answer) ? answer : {}, entry))
    } catch (error) {
      resting.set(digest, LISTS_BETWEEN_TRIES)
      log?.debug({ err: error, model: ollamaEntryName(entry) }, 'The server did not tell about a model')
    }
  }

  function next(): void {
    while (asking.size < AT_ONCE) {
      const [first] = waiting
      if (first === undefined) break
      const [digest, entry] = first
      waiting.delete(digest)
      asking.add(digest)
      void ask(digest, entry).finally(() => {
        asking.delete(digest)
        next()
      })
    }
    if (asking.size === 0) for (const resume of whenIdle) resume()
  }

  function forget(present: ReadonlySet<string>): void {
    for (const digest of known.keys()) if (!present.has(digest)) known.delete(digest)
    for (const digest of waiting.keys()) if (!present.has(digest)) waiting.delete(digest)
    for (const [digest, lists] of resting) {
      if (lists <= 1 || !present.has(digest)) resting.delete(digest)
      else resting.set(digest, lists - 1)
    }
  }

  return {
    get: (digest) => known.get(digest) ?? null,
    async learn(entries, withinMs) {
      const byDigest = new Map(entries.map((entry) => [ollamaEntryDigest(entry), entry]))
      forget(new Set(byDigest.keys()))
      for (const [digest, entry] of byDigest) {
        if (!known.has(digest) && !resting.has(digest) && !asking.has(digest)) waiting.set(digest, entry)
      }
      next()
      if (asking.size === 0) return
      await new Promise<void>((resolve) => {
        const resume = (): void => {
          clearTimeout(enough)
          whenIdle.delete(resume)
          resolve()
        }
        const enough = setTimeout(resume, withinMs)
        whenIdle.add(resume)
      })
    },
  }
}
