import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildDemoModel, type DemoVariant } from '../../src/main/engine/runtimes/llama/demo/demo-model.ts'

/** Paths of the demo model and its variants for tests. */
export type TestModels = { demo: string; demoLong: string; demoEmbed: string }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GENERATOR = join(ROOT, 'src', 'main', 'engine', 'runtimes', 'llama', 'demo')
const CACHE = join(ROOT, 'node_modules', '.cache', 'switchyard-test-models')

let ready: Promise<TestModels> | undefined

/**
 * Writes the demo variants once per version of their generator and returns their paths. The cache folder is named by
 * the generator's sources, and files appear by rename, so parallel test processes never see half a file.
 */
export function ensureTestModels(): Promise<TestModels> {
  ready ??= writeTestModels()
  return ready
}

async function writeTestModels(): Promise<TestModels> {
  const folder = join(CACHE, await generatorVersion())
  await mkdir(folder, { recursive: true })
  const [demo, demoLong, demoEmbed] = await Promise.all([
    ensureVariant(folder, 'demo'),
    ensureVariant(folder, 'demo-long'),
    ensureVariant(folder, 'demo-embed'),
  ])
  return { demo, demoLong, demoEmbed }
}

async function ensureVariant(folder: string, variant: DemoVariant): Promise<string> {
  const path = join(folder, `${variant}.gguf`)
  const existing = await stat(path).catch(() => undefined)
  if (existing?.isFile()) return path
  const partial = `${path}.${process.pid}.${crypto.randomUUID()}.part`
  await writeFile(partial, buildDemoModel(variant))
  await rename(partial, path)
  return path
}

async function generatorVersion(): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(GENERATOR)).sort()) hash.update(name).update(await readFile(join(GENERATOR, name)))
  return hash.digest('hex').slice(0, 16)
}
