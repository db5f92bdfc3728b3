import { pipeline, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { EngineError } from '../spec/engine-error.ts'
import { named, type ServerIdentity } from './server-identity.ts'

/** Undoes a compression that we did not ask for, chunk by chunk and with backpressure on both sides. */
export interface Decoder {
  /** False: wait for `drained`. */
  write(chunk: Buffer): boolean
  /** Everything was written; `end` or `error` follows. */
  finish(): void
  /** Goes on after `data` returned false. */
  resume(): void
  close(): void
}

interface Output {
  /** False pauses until `resume`. */
  data(chunk: Buffer): boolean
  drained(): void
  end(): void
  error(error: EngineError): void
}

/** More layers than any server has reason for. */
const MAX_LAYERS = 3

/** Null if the body is not compressed. An unknown name fails with `upstream_error` at the first byte. */
export function createDecoder(server: ServerIdentity, contentEncoding: string, output: Output): Decoder | null {
  const layers = contentEncoding
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse()
  if (layers.length === 0) return null
  const unknown = layers.length > MAX_LAYERS ? contentEncoding : layers.find((name) => !Object.hasOwn(openers, name))
  let isOver = false
  /** Opened with the first byte: deflate shows only there which of its two forms it has, and an empty body has none. */
  let first: Transform | null = null
  let last: Transform | null = null

  const fail = (message: string, cause?: Error): void => {
    if (isOver) return
    isOver = true
    output.error(
      new EngineError('upstream_error', `${named(server)} ${message}.`, {
        ...(cause === undefined ? {} : { cause, detail: cause.message }),
        upstream: { provider: server.provider },
      }),
    )
  }

  function open(firstByte: number): Transform {
    const streams = layers.map((name, index) => (openers[name] as Opener)(index === 0 ? firstByte : null))
    const [opened] = streams as [Transform]
    first = opened
    last = streams.at(-1) as Transform
    if (streams.length > 1) pipeline(streams, onError)
    else opened.on('error', onError)
    opened.on('drain', () => {
      if (!isOver) output.drained()
    })
    last.on('data', (chunk: Buffer) => {
      if (!isOver && !output.data(chunk)) last?.pause()
    })
    last.on('end', () => {
      if (isOver) return
      isOver = true
      output.end()
    })
    return opened
  }

  const onError = (error: NodeJS.ErrnoException | null | undefined): void => {
    if (error) fail(`sent compressed data (${contentEncoding}) that is damaged`, error)
  }

  return {
    write(chunk) {
      if (isOver || chunk.length === 0) return !isOver
      if (unknown !== undefined) {
        fail(`compressed its answer in a way that is not known here: ${unknown.slice(0, 100)}`)
        return false
      }
      return (first ?? open(chunk[0] as number)).write(chunk)
    },
    finish() {
      if (first !== null) first.end()
      else if (!isOver) {
        isOver = true
        output.end()
      }
    },
    resume: () => last?.resume(),
    close() {
      isOver = true
      first?.destroy()
      last?.destroy()
    },
  }
}

/** Larger pieces than zlib's 16 kB: each costs a turn of the loop. */
const OPTIONS = { chunkSize: 64 * 1024 }

type Opener = (firstByte: number | null) => Transform

const openers: Readonly<Record<string, Opener>> = {
  gzip: () => createGunzip(OPTIONS),
  'x-gzip': () => createGunzip(OPTIONS),
  // The name means zlib's wrapping, but some servers send the bare form; zlib's first byte has 8 in its low half.
  deflate: (firstByte) =>
    firstByte !== null && (firstByte & 0x0f) !== 8 ? createInflateRaw(OPTIONS) : createInflate(OPTIONS),
  br: () => createBrotliDecompress(OPTIONS),
  zstd: () => createZstdDecompress(OPTIONS),
}
