/** The bytes of a body, at most `limit` of them; `isCut` if there was more. Leaving early frees the socket. */
export async function readLimited(
  body: AsyncIterable<Buffer>,
  limit: number,
): Promise<{ bytes: Buffer; isCut: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > limit) return { bytes: Buffer.concat(chunks).subarray(0, limit), isCut: true }
  }
  return { bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), isCut: false }
}
