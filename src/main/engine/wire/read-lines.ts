import { Batched } from '../spec/batched.ts'
import { DEFAULT_LINE_LIMIT, LineSplitter, readThrough } from './split-lines.ts'

/**
 * The lines of a body (NDJSON), in any chunking, without line ends and without blank ones; the last needs no line end.
 * One of more than `limit` bytes throws `upstream_error`.
 */
export function readLines(body: AsyncIterable<Buffer>, limit = DEFAULT_LINE_LIMIT): Batched<string> {
  const ready: string[] = []
  const splitter = createLineParser((line) => ready.push(line), limit)
  return new Batched(readThrough(body, splitter, ready))
}

/** The same without iteration in between, for who is pushed chunks. */
export function createLineParser(
  onLine: (line: string) => void,
  limit = DEFAULT_LINE_LIMIT,
): { push(chunk: Buffer): void; finish(): void } {
  return new LineSplitter((bytes, start, end) => {
    if (start === end) return
    const line = bytes.toString('utf8', start, end)
    if (line.trim() !== '') onLine(line)
  }, limit)
}
