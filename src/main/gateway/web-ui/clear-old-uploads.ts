import type { Stats } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A day longer than jobs are kept: whatever is older belongs to none. */
const KEEP_MS = 8 * 86_400_000

/** Deletes what a crash left in the folder of uploads that wait to be sent on. */
export async function clearOldUploads(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    const facts = await statOrNull(path)
    if (facts !== null && facts.mtimeMs < Date.now() - KEEP_MS) await rm(path, { force: true, recursive: true })
  }
}

function namesIn(folder: string): Promise<string[]> {
  return unlessGone(readdir(folder), [])
}

/** A file may be sent on and deleted at any moment. */
function statOrNull(path: string): Promise<Stats | null> {
  return unlessGone(stat(path), null)
}

async function unlessGone<Found, Missing>(looking: Promise<Found>, missing: Missing): Promise<Found | Missing> {
  try {
    return await looking
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw error
  }
}
