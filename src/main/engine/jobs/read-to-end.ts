import type { UpstreamResponse } from '../spec/upstream.ts'

/** Reads an answer whose content does not matter, so that its connection can be used again. Throws as its body does. */
export async function readToEnd(response: UpstreamResponse): Promise<void> {
  for await (const _chunk of response.body) {
    // What matters is that it ended well.
  }
}
