import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { buildDemoModel, type DemoVariant } from './demo-model.ts'

/** Writes a demo model to `path`, whole or not at all, creating the folder. Safe with parallel writers. */
export async function writeDemoModel(variant: DemoVariant, path: string): Promise<{ path: string; bytes: number }> {
  const file = buildDemoModel(variant)
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}.${crypto.randomUUID()}.part`
  await writeFile(partial, file)
  await rename(partial, path)
  return { path, bytes: file.byteLength }
}
