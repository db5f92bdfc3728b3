import type { ChatWrapper, LlamaContext, LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp'
import type { LoadOptions } from '#shared/models.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import { DEFAULT_CONTEXT } from '../pool/effective-options.ts'
import type { LoadedFacts, LoadInput } from '../protocol.ts'
import { chooseWrapper } from './choose-wrapper.ts'
import { loadFailure } from './load-failure.ts'
import { chooseThreads, type NativeRuntime, TINY_MODEL_BYTES } from './native-runtime.ts'
import { orderSampling } from './order-sampling.ts'
import { SequencePool } from './sequence-pool.ts'

const SMALLEST_CONTEXT = 512
const DEFAULT_SEQUENCES = 8
const DEFAULT_BATCH = 512
/**
 * On the CPU flash attention pays for every cell and head, which a tiny model with short heads feels: 7 ms instead of 2 a
 * token at a depth of 6,000 (the demo, 2 cores). Plain attention needs memory for all scores, so only up to this length.
 */
const LONGEST_PLAIN_ATTENTION = 16_384
/** Share of the free memory that the parallel sequences of one model may take by default. */
const SEQUENCES_SHARE = 0.5

/** One model in memory with its chat wrapper and its context. */
export class LoadedModel {
  readonly native: NativeRuntime
  readonly model: LlamaModel
  readonly wrapper: ChatWrapper
  readonly #input: LoadInput
  #options: LoadOptions
  #context: LlamaContext | null = null
  #sequences: SequencePool | null = null
  #embedding: Promise<LlamaEmbeddingContext> | null = null
  #running = new Set<Promise<unknown>>()

  private constructor(native: NativeRuntime, model: LlamaModel, wrapper: ChatWrapper, input: LoadInput) {
    this.native = native
    this.model = model
    this.wrapper = wrapper
    this.#input = input
    this.#options = input.options
  }

  /**
   * Loads the weights, resolves the chat wrapper (blocks this thread for half a second, once) and creates the context.
   * `progress` gets 0..1. Throws `out_of_memory` or `model_load_failed` with llama.cpp's reason.
   */
  static async open(
    native: NativeRuntime,
    input: LoadInput,
    signal: AbortSignal,
    progress: (value: number) => void,
  ): Promise<LoadedModel> {
    native.log.reset()
    let model: LlamaModel | undefined
    try {
      await requireMemory(native, input)
      const { options } = input
      model = await native.llama.loadModel({
        modelPath: input.path,
        gpuLayers: options.gpuLayers ?? 'auto',
        useMmap: options.mmap ?? 'auto',
        useMlock: options.mlock ?? false,
        ...(options.flashAttention === undefined ? {} : { defaultContextFlashAttention: options.flashAttention }),
        loadSignal: signal,
        onLoadProgress: (value) => progress(value * 0.95),
      })
      const wrapper = chooseWrapper(model, input.sizeBytes, native.module)
      const loaded = new LoadedModel(native, model, wrapper, input)
      if (!input.forEmbedding) await loaded.#createContext(signal)
      progress(1)
      return loaded
    } catch (cause) {
      await model?.dispose()
      signal.throwIfAborted()
      throw loadFailure(cause, native.log.reason())
    }
  }

  get key(): string {
    return this.#input.key
  }

  /** The generation context. Throws `unsupported` for a model that only embeds. */
  get context(): LlamaContext {
    if (this.#context === null) throw new EngineError('unsupported', 'This model makes embeddings; it cannot chat.')
    return this.#context
  }

  get sequences(): SequencePool {
    if (this.#sequences === null) throw new EngineError('unsupported', 'This model makes embeddings; it cannot chat.')
    return this.#sequences
  }

  facts(): LoadedFacts {
    const context = this.#context
    const ram = this.model.memoryUsage.ram + (context?.memoryUsage.ram ?? 0)
    const vram = this.model.memoryUsage.vram + (context?.memoryUsage.vram ?? 0)
    const contextSize = context?.contextSize ?? this.#contextLength()
    const sequences = context?.totalSequences ?? this.#options.sequences ?? DEFAULT_SEQUENCES
    return {
      contextSize,
      trainedContextSize: this.model.trainContextSize,
      sequences,
      gpuLayers: this.model.gpuLayers,
      memory: { ram, vram },
      options: {
        ...this.#options,
        contextSize,
        sequences,
        gpuLayers: this.model.gpuLayers,
        threads: this.#threads(),
        batchSize: context?.batchSize ?? this.#batchSize(),
        mmap: this.model.useMmap,
      },
    }
  }

  /** A new context with other options; nothing may be running. Throws `out_of_memory` and keeps the model loaded. */
  async reshape(options: LoadOptions, signal: AbortSignal): Promise<LoadedFacts> {
    await this.drained()
    const previous = this.#options
    await this.#disposeContexts()
    this.#options = options
    this.native.log.reset()
    try {
      if (!this.#input.forEmbedding) await this.#createContext(signal)
    } catch (cause) {
      this.#options = previous
      if (!this.#input.forEmbedding) await this.#createContext(new AbortController().signal)
      signal.throwIfAborted()
      throw loadFailure(cause, this.native.log.reason())
    }
    return this.facts()
  }

  /** The context for embeddings, created at first need. */
  embeddingContext(): Promise<LlamaEmbeddingContext> {
    this.#embedding ??= this.model
      .createEmbeddingContext({ contextSize: this.#contextLength(), threads: this.#threads() })
      .catch((cause: unknown) => {
        this.#embedding = null
        throw loadFailure(cause, this.native.log.reason())
      })
    return this.#embedding
  }

  /** Longest input of one embedding, tokens. */
  get embeddingLength(): number {
    return this.#contextLength()
  }

  /** Remembers running work, so that nothing is freed below it. */
  track<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    )
    this.#running.add(settled)
    void settled.then(() => this.#running.delete(settled))
    return work
  }

  async drained(): Promise<void> {
    await Promise.all(this.#running)
  }

  /** Waits for running work (a model freed while it generates never lets go), then frees everything. */
  async dispose(): Promise<void> {
    await this.drained()
    await this.#disposeContexts()
    await this.model.dispose()
  }

  async #disposeContexts(): Promise<void> {
    const embedding = this.#embedding
    this.#embedding = null
    await (await embedding)?.dispose()
    await this.#context?.dispose()
    this.#context = null
    this.#sequences = null
  }

  /**
   * Parallel sequences multiply the memory: without an order they are halved until they take at most half of what is
   * free, then the context (unless it was asked for) until it fits.
   */
  async #createContext(signal: AbortSignal): Promise<void> {
    const asked = this.#options
    let contextSize = this.#contextLength()
    let sequences = asked.sequences ?? DEFAULT_SEQUENCES
    const free = await this.#freeMemory()
    while (
      asked.sequences === undefined &&
      sequences > 1 &&
      this.#estimate(contextSize, sequences) > free * SEQUENCES_SHARE
    ) {
      sequences = Math.floor(sequences / 2)
    }
    while (contextSize > SMALLEST_CONTEXT && this.#estimate(contextSize, sequences) > free) {
      if (sequences > 1) sequences = Math.floor(sequences / 2)
      else contextSize = Math.max(SMALLEST_CONTEXT, Math.floor(contextSize / 2))
    }
    for (;;) {
      try {
        this.#context = await this.model.createContext({
          contextSize,
          sequences,
          batchSize: Math.min(this.#batchSize(), contextSize),
          threads: this.#threads(),
          flashAttention: this.#flashAttention(contextSize),
          createSignal: signal,
        })
        orderSampling(this.#context)
        this.#sequences = new SequencePool(this.#context)
        return
      } catch (error) {
        if (!(error instanceof this.native.module.InsufficientMemoryError)) throw error
        if (sequences > 1) sequences = Math.floor(sequences / 2)
        else if (contextSize > SMALLEST_CONTEXT) contextSize = Math.max(SMALLEST_CONTEXT, Math.floor(contextSize / 2))
        else throw error
      }
    }
  }

  #contextLength(): number {
    const trained = this.model.trainContextSize
    return Math.min(this.#options.contextSize ?? DEFAULT_CONTEXT, trained)
  }

  #batchSize(): number {
    return this.#options.batchSize ?? DEFAULT_BATCH
  }

  #flashAttention(contextSize: number): boolean | 'auto' {
    const { flashAttention } = this.#options
    if (flashAttention !== undefined) return flashAttention
    const { size, gpuLayers } = this.model
    return size < TINY_MODEL_BYTES && gpuLayers === 0 && contextSize <= LONGEST_PLAIN_ATTENTION ? false : 'auto'
  }

  #threads(): number {
    return chooseThreads(this.native.llama, this.#options.threads, this.model.size)
  }

  #estimate(contextSize: number, sequences: number): number {
    const need = this.model.fileInsights.estimateContextResourceRequirements({
      contextSize,
      sequences,
      modelGpuLayers: this.model.gpuLayers,
      batchSize: Math.min(this.#batchSize(), contextSize),
      flashAttention: this.#flashAttention(contextSize) !== false,
    })
    return this.model.gpuLayers > 0 ? need.gpuVram : need.cpuRam
  }

  async #freeMemory(): Promise<number> {
    const state =
      this.model.gpuLayers > 0 ? await this.native.llama.getVramState() : await this.native.llama.getRamState()
    return state.free
  }
}

/** Refuses a file whose weights cannot fit, before llama.cpp starts to allocate. */
async function requireMemory(native: NativeRuntime, input: LoadInput): Promise<void> {
  const [ram, vram] = await Promise.all([native.llama.getRamState(), native.llama.getVramState()])
  const need = input.sizeBytes
  const most = ram.total + vram.total
  const free = ram.free + vram.free
  if (need <= most && (need <= free || input.ignoreFreeMemory)) return
  throw new EngineError(
    'out_of_memory',
    `The model needs about ${gigabytes(need)} of memory, but ${gigabytes(need > most ? most : free)} ${need > most ? 'is all there is' : 'is free'}.`,
  )
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`
}
