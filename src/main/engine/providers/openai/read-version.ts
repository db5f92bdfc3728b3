import type { Upstream } from '../../spec/upstream.ts'
import { objectOf, textOf } from '../../wire/openai/upstream-fields.ts'
import type { Vendor } from './vendor-table.ts'

/** The server's version where its vendor tells one; null if it keeps it to itself. */
export async function readVersion(
  upstream: Upstream,
  { version }: Vendor,
  signal: AbortSignal,
): Promise<string | null> {
  if (version === null) return null
  const response = await upstream.request({ method: 'GET', path: version.path, fromRoot: true, signal })
  if (response.status !== 200) {
    // Older versions lack the route, and some proxies in front of them guard it.
    response.discard()
    return null
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_BYTES) return null
  }
  try {
    return textOf(objectOf(JSON.parse(Buffer.concat(chunks).toString('utf8')))?.[version.field])
  } catch {
    // Something else answers there; what it says is no version.
    return null
  }
}

const MAX_BYTES = 256 * 1024
