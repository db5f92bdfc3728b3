import { isUtf8 } from 'node:buffer'
import { EngineError } from '../engine/spec/engine-error.ts'
import { endOfJsonString } from '../engine/wire/json-bytes.ts'
import type { Arrival } from './arrivals.ts'
import { type Exchange, hasBody } from './exchange.ts'
import { jsonErrorOffset } from './json-error-offset.ts'

/** Deeper than any schema or message that a client has a use for; keeps every later walk off the stack's end. */
const MAX_DEPTH = 200
const QUOTE = 0x22

/** Reads and parses the JSON body, whatever its Content-Type says (Ollama's clients often send none). */
export async function readJsonBody(exchange: Exchange): Promise<unknown> {
  return await readBytes(exchange, parseJsonBody)
}

/** A JSON body, parsed and as it came. */
export interface JsonBody {
  raw: Buffer
  json: unknown
}

/** The JSON body, parsed and as it came: what passes through keeps its own bytes. */
export function readBody(exchange: Exchange): Promise<JsonBody> {
  return readBytes(exchange, parsed)
}

function parsed(raw: Buffer): JsonBody {
  return { raw, json: parseJsonBody(raw) }
}

/**
 * What `take` makes of the whole body. Throws `request_too_large` before it is read if its length is known, else once it
 * is too long.
 */
function readBytes<Result>(exchange: Exchange, take: (bytes: Buffer) => Result): Promise<Result> {
  const { req, res, gateway } = exchange
  const encoding = req.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== '') {
    res.setHeader('Accept-Encoding', 'identity')
    throw new EngineError('unsupported', `A request body in Content-Encoding ${encoding} is not supported.`, {
      status: 415,
    })
  }
  if (Number(req.headers['content-length'] ?? 0) > gateway.bodyLimit) throw tooLarge(gateway.bodyLimit)
  if (!hasBody(req)) return Promise.resolve(take(Buffer.alloc(0)))
  if (exchange.expectsContinue) res.writeContinue()
  return new Promise<Result>((resolve, reject) => {
    const body = new ArrivingBody(exchange, (bytes) => resolve(take(bytes)), reject)
    // Without a listener a reset connection would be an uncaught error; `close` follows and says it.
    req.on('error', ignore)
    req.on('close', () => body.left())
    req.on('data', (chunk: Buffer) => body.data(chunk))
    req.on('end', () => body.end())
  })
}

/** A body on its way: gathered up to the limit, given up when it stands still. */
class ArrivingBody {
  readonly #limit: number
  readonly #take: (bytes: Buffer) => void
  readonly #reject: (error: unknown) => void
  readonly #arrival: Arrival
  readonly #chunks: Buffer[] = []
  #size = 0
  /** Nobody listens any more; what still comes is let go by. */
  #isOver = false

  /** `take` may throw; then it is as if the body had not come. */
  constructor({ gateway }: Exchange, take: (bytes: Buffer) => void, reject: (error: unknown) => void) {
    this.#limit = gateway.bodyLimit
    this.#take = take
    this.#reject = reject
    this.#arrival = gateway.arriving.add(this)
  }

  data(chunk: Buffer): void {
    if (this.#isOver) return
    this.#size += chunk.length
    this.#arrival.moved()
    if (this.#size <= this.#limit) this.#chunks.push(chunk)
    else this.#fail(tooLarge(this.#limit))
  }

  end(): void {
    if (this.#isOver) return
    this.#over()
    const [first] = this.#chunks
    try {
      this.#take(this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#size))
    } catch (error) {
      this.#reject(error)
    }
  }

  stalled(): void {
    this.#fail(new EngineError('invalid_request', 'The request body did not arrive in time.', { status: 408 }))
  }

  left(): void {
    if (!this.#isOver) this.#fail(new EngineError('aborted', 'The client left before its request was complete.'))
  }

  #fail(error: EngineError): void {
    this.#over()
    this.#reject(error)
  }

  #over(): void {
    this.#isOver = true
    this.#arrival.end()
  }
}

function ignore(): void {}

/** Parses a JSON body. Throws `invalid_request` that says where it is broken; never quotes from it. */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new EngineError('invalid_request', 'missing request body')
  const text = bytes.toString('utf8', bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0)
  // What is no UTF-8 becomes this character, which a text may also have by itself.
  if (text.includes('\ufffd') && !isUtf8(bytes)) {
    throw new EngineError('invalid_request', 'The request body is not valid UTF-8.')
  }
  if (isTooDeep(bytes)) {
    throw new EngineError('invalid_request', `The request body is nested more than ${MAX_DEPTH} levels deep.`)
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the body, which may hold a prompt; ours tells only the place.
    const before = text.slice(0, jsonErrorOffset(text))
    const line = before.split('\n').length
    const column = before.length - before.lastIndexOf('\n')
    const why = before.length === text.length ? 'it ends too early, ' : ''
    throw new EngineError(
      'invalid_request',
      `The request body is not valid JSON: ${why}at line ${line}, column ${column}.`,
    )
  }
}

/** Counts brackets outside strings. Most bytes of a chat are inside strings, which are leapt over. */
function isTooDeep(bytes: Buffer): boolean {
  let depth = 0
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (byte === QUOTE) {
      index = endOfJsonString(bytes, index)
      if (index === -1) return false
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1
      if (depth > MAX_DEPTH) return true
    } else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1
    }
  }
  return false
}

function tooLarge(limit: number): EngineError {
  return new EngineError('request_too_large', `The request body is larger than ${Math.floor(limit / 1024 / 1024)} MB.`)
}
