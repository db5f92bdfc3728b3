import { type FileHandle, open } from 'node:fs/promises'
import type { GgufFacts, GgufRefusalKind } from '#shared/models.ts'
import { EMBEDDING_ARCHITECTURES } from './architectures.ts'
import { checkHyperParameters } from './check-hyper-parameters.ts'
import { checkTensors, type TensorTotals } from './check-tensors.ts'
import { GGUF_FILE_TYPES } from './ggml-types.ts'
import type { GgufHeader } from './gguf-header.ts'
import { GgufRefusal } from './gguf-refusal.ts'
import { integerOf, type Metadata, plainMetadata, textOf } from './metadata-values.ts'
import { readGgufHeader } from './read-gguf-header.ts'
import { type GgufSplit, otherPartsOf, splitOf } from './split-parts.ts'

/** A sound file's header, or why it is refused: `reason` for people, `detail` for the details fold. */
export type GgufValidation =
  | {
      ok: true
      facts: GgufFacts
      /** Chat template source. */
      template: string | null
      /** Plain JSON; long arrays (tokens, merges) as their length. */
      metadata: Record<string, unknown>
      tensorCount: number
      /** Bytes of all parts together, and of the tensors alone. */
      fileSizeBytes: number
      tensorBytes: number
      split: GgufSplit | null
    }
  | { ok: false; refusal: GgufRefusalKind; reason: string; detail: string | null }

type CheckedFile = { header: GgufHeader; totals: TensorTotals; size: number }

/**
 * Reads and checks a GGUF file's header without loading its weights, strictly enough that llama.cpp will neither abort
 * nor hang on what was checked. Never throws for a bad, missing or unreadable file.
 */
export async function validateGguf(path: string): Promise<GgufValidation> {
  try {
    return await inspect(path)
  } catch (error) {
    if (error instanceof GgufRefusal)
      return { ok: false, refusal: error.kind, reason: error.reason, detail: error.detail }
    return { ok: false, refusal: 'unreadable', ...describeReadError(error) }
  }
}

async function inspect(path: string): Promise<GgufValidation> {
  const first = await checkFile(path)
  const { metadata } = first.header
  const split = splitOf(metadata)
  if (split && split.part !== 1) {
    throw new GgufRefusal(
      'split-part',
      `The file is part ${split.part} of ${split.parts} of a split model; choose its first part.`,
    )
  }
  const sizes = checkHyperParameters(metadata)
  const parts = [first]
  if (split) for (const sibling of await otherPartsOf(path, split)) parts.push(await checkFile(sibling))
  const tensorCount = sum(parts.map((part) => part.header.tensors.length))
  if (tensorCount === 0)
    throw new GgufRefusal('incomplete', 'The file holds a vocabulary but no tensors, so it is not a whole model.')
  const template = textOf(metadata, 'tokenizer.chat_template')
  return {
    ok: true,
    facts: {
      ...sizes,
      name: textOf(metadata, 'general.name'),
      sizeLabel: textOf(metadata, 'general.size_label'),
      parameterCount: sum(parts.map((part) => part.totals.parameters)),
      quantization: quantizationOf(metadata, parts),
      hasChatTemplate: template !== null && template.trim() !== '',
      isEmbedding: isEmbedding(metadata, sizes.architecture),
      license: textOf(metadata, 'general.license'),
    },
    template,
    metadata: plainMetadata(metadata),
    tensorCount,
    fileSizeBytes: sum(parts.map((part) => part.size)),
    tensorBytes: sum(parts.map((part) => part.totals.dataBytes)),
    split,
  }
}

async function checkFile(path: string): Promise<CheckedFile> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const { size, isFile } = await handle.stat().then((stats) => ({ size: stats.size, isFile: stats.isFile() }))
    if (!isFile) throw new GgufRefusal('unreadable', 'This is not a file.')
    const header = await readGgufHeader(handle, size)
    return { header, totals: checkTensors(header, size), size }
  } finally {
    await handle?.close()
  }
}

function quantizationOf(metadata: Metadata, parts: readonly CheckedFile[]): string {
  const stated = GGUF_FILE_TYPES.get(integerOf(metadata, 'general.file_type') ?? -1)
  const [largest] = parts.toSorted((left, right) => right.totals.dataBytes - left.totals.dataBytes)
  return stated ?? largest?.totals.dominantType ?? 'unknown'
}

function isEmbedding(metadata: Metadata, architecture: string): boolean {
  // Pooling 0 means none
  return EMBEDDING_ARCHITECTURES.has(architecture) || (integerOf(metadata, `${architecture}.pooling_type`) ?? 0) > 0
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function describeReadError(error: unknown): { reason: string; detail: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const detail = error instanceof Error ? error.message : String(error)
  if (code === 'ENOENT') return { reason: 'The file is not there any more.', detail }
  if (code === 'EACCES' || code === 'EPERM')
    return { reason: 'The file may not be read with your permissions.', detail }
  if (code === 'EISDIR') return { reason: 'This is a folder, not a file.', detail }
  return { reason: 'The file could not be read.', detail }
}
