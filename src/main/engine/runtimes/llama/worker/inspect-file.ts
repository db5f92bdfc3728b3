import { validateGguf } from '../gguf/validate-gguf.ts'
import type { Inspection } from '../protocol.ts'

/** Reads and checks a GGUF header, as it crosses the thread. Never throws for a bad file. */
export async function inspectFile(path: string): Promise<Inspection> {
  const checked = await validateGguf(path)
  if (!checked.ok) return checked
  const { facts, template, metadata, tensorCount } = checked
  return { ok: true, facts, template, metadata, tensorCount }
}
