import type { Exchange } from '../../exchange.ts'

/** Answers with bytes of a kind that the browser must not guess again; 304 where the client has this version already. */
export function sendBytes({ req, res }: Exchange, type: string, bytes: Buffer, etag: string): void {
  const headers = {
    ETag: etag,
    'Cache-Control': 'private, no-cache',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  }
  if (req.headers['if-none-match'] === etag) {
    res.writeHead(304, headers)
    res.end()
    return
  }
  res.writeHead(200, {
    ...headers,
    'Content-Type': type,
    'Content-Disposition': 'inline',
    'Content-Length': bytes.length,
  })
  res.end(bytes)
}
