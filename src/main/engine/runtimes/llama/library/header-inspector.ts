import type { Logger } from '../../../spec/engine.ts'
import type { Inspection, WorkerSettings } from '../protocol.ts'
import { WorkerLink } from '../worker-link.ts'

const LIMIT_MS = 10_000

/** Reads GGUF headers in a thread of its own: a vocabulary takes longer to read than the main loop may stand still. */
export class HeaderInspector {
  readonly #url: URL
  readonly #settings: WorkerSettings
  readonly #log: Logger
  #link: WorkerLink | null = null

  constructor(url: URL, settings: WorkerSettings, log: Logger) {
    this.#url = url
    this.#settings = settings
    this.#log = log
  }

  /** Never throws for a bad file: a header that hangs or crashes the reader is refused with that reason. */
  async inspect(path: string): Promise<Inspection> {
    this.#link ??= new WorkerLink(this.#url, this.#settings, this.#log, () => undefined)
    const link = this.#link
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Inspection>((resolve) => {
      timer = setTimeout(() => {
        resolve({
          ok: false,
          refusal: 'unreadable',
          reason: `Reading its header takes more than ${LIMIT_MS / 1000} seconds.`,
          detail: null,
        })
      }, LIMIT_MS)
    })
    const read = link.run('inspect', { path }).catch((error: unknown): Inspection => {
      const detail = error instanceof Error ? error.message : String(error)
      return { ok: false, refusal: 'unreadable', reason: 'Reading its header failed.', detail }
    })
    const outcome = await Promise.race([read, late])
    clearTimeout(timer)
    if (!outcome.ok && (await isPending(read))) {
      this.#link = null
      await link.terminate()
    } else if (link.ended) this.#link = null
    return outcome
  }

  /** Ends the thread until it is needed again. */
  async rest(): Promise<void> {
    const link = this.#link
    this.#link = null
    await link?.close()
  }
}

async function isPending(work: Promise<unknown>): Promise<boolean> {
  const mark = {}
  return (await Promise.race([work, Promise.resolve(mark)])) === mark
}
