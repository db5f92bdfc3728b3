import { EngineError } from '../../engine/spec/engine-error.ts'

/** The file of a form: its name as the client sent it, and its bytes as they come. */
export interface FormFile {
  name: string
  content: AsyncIterable<Buffer>
}

/** A part's headers are short; more is no form that a client sends. Bytes. */
const MAX_HEADERS = 16 * 1024
const END_OF_HEADERS = Buffer.from('\r\n\r\n')

/**
 * Finds the first file in a multipart form without keeping more of it than a chunk. Its content has to be read before
 * anything else of the form. Throws `invalid_request` for what is no such form or has no file.
 */
export async function formFile(contentType: string | undefined, source: AsyncIterable<Buffer>): Promise<FormFile> {
  const boundary = boundaryOf(contentType ?? '')
  const reader = new FormReader(source)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter has no line before it.
  reader.unread(Buffer.from('\r\n'))
  await drain(reader.until(delimiter))
  for (;;) {
    if ((await reader.take(2)).toString('latin1') !== '\r\n') throw brokenForm('it has no file')
    const headers = await readHeaders(reader)
    const name = fileName(headers)
    if (name !== null) return { name, content: reader.until(delimiter) }
    await drain(reader.until(delimiter))
  }
}

async function readHeaders(reader: FormReader): Promise<string> {
  // Headers may be missing altogether, and then the empty line follows at once.
  reader.unread(Buffer.from('\r\n'))
  let size = 0
  const pieces: Buffer[] = []
  for await (const piece of reader.until(END_OF_HEADERS)) {
    size += piece.length
    if (size > MAX_HEADERS) throw brokenForm('the headers of a part are too long')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function fileName(headers: string): string | null {
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? ''
  const encoded = /;\s*filename\*=UTF-8''([^;\s]+)/i.exec(disposition)?.[1]
  if (encoded !== undefined) {
    try {
      return decodeURIComponent(encoded)
    } catch {
      throw brokenForm('the name of its file is not encoded properly')
    }
  }
  return /;\s*filename="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1]?.replace(/\\(.)/g, '$1') ?? null
}

function boundaryOf(contentType: string): string {
  const [, quoted, bare] =
    /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) {
    throw new EngineError('invalid_request', 'The request has to be a form (multipart/form-data) with a file.')
  }
  return boundary
}

async function drain(pieces: AsyncIterable<Buffer>): Promise<void> {
  for await (const _piece of pieces);
}

function brokenForm(why: string): EngineError {
  return new EngineError('invalid_request', `The form is wrong: ${why}.`, { param: 'file' })
}

/** Reads a byte stream up to delimiters. */
class FormReader {
  readonly #source: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  unread(bytes: Buffer): void {
    this.#rest = Buffer.concat([bytes, this.#rest])
  }

  async take(count: number): Promise<Buffer> {
    while (this.#rest.length < count) await this.#more()
    const taken = this.#rest.subarray(0, count)
    this.#rest = this.#rest.subarray(count)
    return taken
  }

  /** What comes before the delimiter, which is read too. */
  async *until(delimiter: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#rest.indexOf(delimiter)
      if (at !== -1) {
        const piece = this.#rest.subarray(0, at)
        this.#rest = this.#rest.subarray(at + delimiter.length)
        if (piece.length > 0) yield piece
        return
      }
      // The end of what is here may be the delimiter's beginning.
      const sure = this.#rest.length - delimiter.length + 1
      if (sure > 0) {
        const piece = this.#rest.subarray(0, sure)
        this.#rest = this.#rest.subarray(sure)
        yield piece
      }
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    const next = await this.#source.next()
    if (next.done === true) throw brokenForm('it ends too early')
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value])
  }
}
