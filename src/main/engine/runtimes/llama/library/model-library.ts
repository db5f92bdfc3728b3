import type { Clock } from '../../../spec/clock.ts'
import type { Logger } from '../../../spec/engine.ts'
import type { GgufRegistry, GgufVerdict } from '../../../spec/llama-runtime.ts'
import type { Inspection } from '../protocol.ts'
import type { TrialOutcome } from '../trust/run-trial.ts'
import { IdBook } from './assign-ids.ts'
import { type Findings, type FoundFile, findFiles, type Places } from './find-files.ts'
import {
  CHECKING,
  capabilitiesOf,
  GROWING,
  type LibraryEntry,
  newEntry,
  settle,
  settled,
  shutOut,
} from './library-entry.ts'
import { statParts } from './scan-folder.ts'
import { partPaths } from './split-files.ts'
import { createFolderWatch, type FolderWatch } from './watch-folders.ts'

const SCAN_EVERY_MS = 5_000
/** A file is looked into once it has not changed for this long. */
const STABLE_MS = 1_000
const AFTER_EVENT_MS = 100
/** How long the start waits for headers of files that need no trial. */
const FIRST_LOOK_MS = 2_000

export interface LibraryParts {
  places: () => Places
  registry: GgufRegistry
  clock: Clock
  log: Logger
  inspect: (found: FoundFile) => Promise<Inspection>
  /** No more headers to read for now. */
  restInspector: () => Promise<void>
  trial: (entry: LibraryEntry, signal: AbortSignal) => Promise<TrialOutcome>
  onChange: () => void
  /** The file is gone or its content is another one: what is loaded from it must go. */
  onReplaced: (id: string) => void
}

/** The GGUF files on this machine: found by scanning, checked one at a time, smallest first. */
export class ModelLibrary {
  readonly #parts: LibraryParts
  readonly #ids: IdBook
  readonly #entries = new Map<string, LibraryEntry>()
  readonly #watch: FolderWatch
  readonly #closing = new AbortController()
  #toInspect: LibraryEntry[] = []
  #toTry: LibraryEntry[] = []
  #checking: Promise<void> | null = null
  #scanning: Promise<void> | null = null
  #scanAgain = false
  #timer: { cancel(): void } | null = null

  constructor(parts: LibraryParts) {
    this.#parts = parts
    this.#ids = new IdBook(parts.places().builtIn.map(({ id }) => id))
    this.#watch = createFolderWatch(() => this.#scanIn(AFTER_EVENT_MS))
  }

  entries(): LibraryEntry[] {
    return [...this.#entries.values()]
  }

  find(id: string): LibraryEntry | undefined {
    return this.entries().find((entry) => entry.id === id)
  }

  findByPath(path: string): LibraryEntry | undefined {
    return this.#entries.get(path)
  }

  /** Looks at every place now; a scan that is running is followed by another one. Checks go on in the background. */
  async scan(): Promise<void> {
    if (this.#scanning !== null) {
      this.#scanAgain = true
      return this.#scanning
    }
    this.#scanning = (async () => {
      do {
        this.#scanAgain = false
        const findings = await findFiles(this.#parts.places())
        if (this.#closing.signal.aborted) return
        this.#apply(findings)
      } while (this.#scanAgain)
    })().finally(() => {
      this.#scanning = null
      this.#scanIn(this.#anyGrowing() ? STABLE_MS : SCAN_EVERY_MS)
    })
    return this.#scanning
  }

  /**
   * The first scan, and the headers of all files that need no trial (built in, or judged at an earlier start), so that
   * the first list is whole. Slow disks and huge libraries do not hold it up for more than two seconds.
   */
  async firstLook(): Promise<void> {
    await this.scan()
    const stop = new AbortController()
    const timer = this.#parts.clock.setTimeout(() => stop.abort(), FIRST_LOOK_MS)
    const signal = AbortSignal.any([stop.signal, this.#closing.signal])
    const judged = this.entries().filter((entry) => entry.reason === CHECKING && entry.judged)
    // A wait that is given up says nothing about the file; its check goes on.
    await Promise.allSettled(judged.map((entry) => settled(entry, signal)))
    timer.cancel()
  }

  /** Resolves when the file is no longer being checked (or is gone). It is checked before the others. */
  async whenChecked(entry: LibraryEntry, signal: AbortSignal): Promise<void> {
    for (const queue of [this.#toInspect, this.#toTry]) {
      const index = queue.indexOf(entry)
      if (index > 0) queue.unshift(...queue.splice(index, 1))
    }
    await settled(entry, signal)
  }

  /** Looks again if the file on disk is not the one that was checked; what is about to be loaded must be. */
  async refresh(entry: LibraryEntry): Promise<void> {
    const facts = await statParts(partPaths(entry.found.path))
    const { sizeBytes, modifiedAt } = entry.found
    if (facts === null || facts.sizeBytes !== sizeBytes || facts.modifiedAt !== modifiedAt) await this.scan()
  }

  /** Forgets the verdict and checks the file from the start. */
  recheck(entry: LibraryEntry): void {
    this.#parts.registry.forgetVerdict(entry.found.path)
    this.#begin(entry)
  }

  quarantine(entry: LibraryEntry, reason: string): void {
    const { path, sizeBytes, modifiedAt } = entry.found
    this.#parts.registry.saveVerdict(path, sizeBytes, modifiedAt, { state: 'quarantined', reason })
    shutOut(entry, 'load-failed', reason)
    this.#parts.onChange()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#timer?.cancel()
    this.#watch.close()
    await this.#scanning
    await this.#checking
    for (const entry of this.#entries.values()) for (const wake of entry.waiting.splice(0)) wake()
    await this.#parts.restInspector()
  }

  #scanIn(ms: number): void {
    if (this.#closing.signal.aborted) return
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.setTimeout(() => void this.scan(), ms)
  }

  #anyGrowing(): boolean {
    return this.entries().some((entry) => entry.reason === GROWING)
  }

  #apply({ files, unreachable }: Findings): void {
    const places = this.#parts.places()
    const present = new Set(files.map((file) => file.path))
    let changed = false
    for (const [path, entry] of this.#entries) {
      if (present.has(path)) continue
      const root = unreachable.find(({ root }) => path === root || isBelow(path, root))
      if (root === undefined) this.#remove(path, entry)
      else if (entry.state === 'offline' && entry.reason === root.reason) continue
      else settle(entry, 'offline', root.reason)
      changed = true
    }
    for (const file of files) changed = this.#see(file) || changed
    for (const { root, reason } of unreachable) {
      if (!places.addedFiles.includes(root) || this.#entries.has(root)) continue
      const found = missingFile(root)
      const entry = newEntry(this.#ids.idFor(root, found.name), found, this.#parts.clock.monotonic())
      settle(entry, 'offline', reason)
      this.#entries.set(root, entry)
      changed = true
    }
    this.#watch.follow([places.modelsFolder, ...places.environmentFolders, ...places.addedFolders])
    if (changed) this.#parts.onChange()
  }

  #remove(path: string, entry: LibraryEntry): void {
    this.#entries.delete(path)
    this.#ids.release(path)
    entry.generation += 1
    settle(entry, 'offline', 'The file is gone.')
    this.#parts.onReplaced(entry.id)
  }

  /** Takes note of one file; true if that changed anything. */
  #see(file: FoundFile): boolean {
    const { clock } = this.#parts
    const now = clock.monotonic()
    const known = this.#entries.get(file.path)
    if (known === undefined) {
      const entry = newEntry(file.fixedId ?? this.#ids.idFor(file.path, file.name), file, now)
      this.#entries.set(file.path, entry)
      this.#settleOrWait(entry, file.source === 'built-in' || clock.now() - file.modifiedAt > STABLE_MS)
      return true
    }
    const same = known.found.sizeBytes === file.sizeBytes && known.found.modifiedAt === file.modifiedAt
    const problemChanged = known.found.problem !== file.problem
    known.found = file
    if (!same) {
      known.changedAt = now
      known.generation += 1
      this.#parts.onReplaced(known.id)
      this.#settleOrWait(known, false)
      return true
    }
    if (known.state === 'offline' && file.problem !== null && !problemChanged) return false
    if (known.reason === GROWING || known.state === 'offline' || problemChanged) {
      this.#settleOrWait(known, now - known.changedAt >= STABLE_MS)
      return true
    }
    return false
  }

  #settleOrWait(entry: LibraryEntry, stable: boolean): void {
    if (entry.found.problem !== null) settle(entry, 'offline', entry.found.problem)
    else if (stable) this.#begin(entry)
    else settle(entry, 'checking', GROWING)
  }

  #begin(entry: LibraryEntry): void {
    entry.generation += 1
    settle(entry, 'checking', CHECKING)
    this.#toTry = this.#toTry.filter((other) => other !== entry)
    entry.judged = this.#verdict(entry) !== null
    if (!this.#toInspect.includes(entry)) this.#toInspect.push(entry)
    inOrder(this.#toInspect)
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null
    })
    this.#parts.onChange()
  }

  /** What is known about exactly this content without a trial. */
  #verdict({ found }: LibraryEntry): GgufVerdict | null {
    // The built-in weights are our own and their content is tested, so the first token need not wait for a trial.
    if (found.source === 'built-in') return { state: 'trusted' }
    return this.#parts.registry.verdict(found.path, found.sizeBytes, found.modifiedAt)
  }

  /** Headers first, because they fill the list; then the trial loads. */
  async #check(): Promise<void> {
    for (;;) {
      if (this.#closing.signal.aborted) return
      const toInspect = this.#toInspect.shift()
      if (toInspect !== undefined) {
        await this.#inspect(toInspect)
        continue
      }
      await this.#parts.restInspector()
      if (this.#toInspect.length > 0) continue
      const toTry = this.#toTry.shift()
      if (toTry === undefined) return
      await this.#try(toTry)
    }
  }

  async #inspect(entry: LibraryEntry): Promise<void> {
    const { generation } = entry
    const inspection = await this.#parts.inspect(entry.found)
    if (entry.generation !== generation || this.#closing.signal.aborted) return
    if (!inspection.ok) {
      this.#parts.log.info({ model: entry.id, detail: inspection.detail }, 'GGUF header refused')
      shutOut(entry, inspection.refusal, inspection.reason)
    } else {
      entry.facts = inspection.facts
      entry.capabilities = capabilitiesOf(inspection.facts, inspection.template)
      const verdict = this.#verdict(entry)
      if (verdict?.state === 'trusted') settle(entry, 'ready', null)
      // Only a load gives a verdict that is kept.
      else if (verdict?.state === 'quarantined') shutOut(entry, 'load-failed', verdict.reason)
      else {
        this.#toTry.push(entry)
        inOrder(this.#toTry)
      }
    }
    this.#parts.onChange()
  }

  async #try(entry: LibraryEntry): Promise<void> {
    const { generation } = entry
    const { path, sizeBytes, modifiedAt } = entry.found
    let outcome: TrialOutcome
    try {
      outcome = await this.#parts.trial(entry, this.#closing.signal)
    } catch (error) {
      if (this.#closing.signal.aborted) return
      const detail = error instanceof Error ? error.message : String(error)
      outcome = { state: 'inconclusive', reason: `The file could not be checked: ${detail}` }
    }
    if (entry.generation !== generation) return
    if (outcome.state === 'trusted') settle(entry, 'ready', null)
    else shutOut(entry, outcome.state === 'inconclusive' ? 'unchecked' : 'load-failed', outcome.reason)
    // An inconclusive check says nothing about the file: it is tried again at the next start or on request.
    if (outcome.state !== 'inconclusive') this.#parts.registry.saveVerdict(path, sizeBytes, modifiedAt, outcome)
    this.#parts.log.info({ model: entry.id, outcome: outcome.state, reason: entry.reason }, 'GGUF trial load ended')
    this.#parts.onChange()
  }
}

/** Files that are ready after their header first, then the smallest. */
function inOrder(entries: LibraryEntry[]): void {
  entries.sort((a, b) => Number(b.judged) - Number(a.judged) || a.found.sizeBytes - b.found.sizeBytes)
}

function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/[\\/]+$/, '')
  return path.startsWith(`${base}/`) || path.startsWith(`${base}\\`)
}

function missingFile(path: string): FoundFile {
  const name = path.replace(/^.*[\\/]/, '').replace(/\.gguf$/i, '')
  return { name, fixedId: null, path, source: 'added', sizeBytes: 0, modifiedAt: 0, problem: null }
}
