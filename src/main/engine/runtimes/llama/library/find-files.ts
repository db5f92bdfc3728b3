import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { GgufFile } from '#shared/models.ts'
import { errorCode, scanFolder, statParts } from './scan-folder.ts'
import { groupSplitFiles, partPaths } from './split-files.ts'

/** Where the library looks. Absolute paths. */
export interface Places {
  builtIn: readonly { id: string; path: string }[]
  modelsFolder: string
  environmentFolders: readonly string[]
  addedFolders: readonly string[]
  addedFiles: readonly string[]
}

/** One model file as it lies on disk right now. */
export interface FoundFile {
  name: string
  /** Set for built-in files only, whose id does not follow from their name. */
  fixedId: string | null
  path: string
  source: GgufFile['source']
  sizeBytes: number
  modifiedAt: number
  /** A plain sentence if it cannot be used as it lies there. */
  problem: string | null
}

/** Everything found, and the roots that do not answer, with the reason. */
export interface Findings {
  files: FoundFile[]
  unreachable: { root: string; reason: string }[]
}

/** Looks at every place once. A file that is reachable in several ways counts once, by the first. Never throws. */
export async function findFiles(places: Places): Promise<Findings> {
  const files: FoundFile[] = []
  const unreachable: Findings['unreachable'] = []
  const seen = new Set<string>()

  async function take(paths: readonly string[], source: GgufFile['source'], fixedId: string | null): Promise<void> {
    for (const group of groupSplitFiles(paths)) {
      if (seen.has(group.path)) continue
      const facts = await statParts(group.parts)
      if (facts === null) continue
      for (const part of group.parts) seen.add(part)
      const problem =
        group.missing.length === 0
          ? null
          : `Part ${group.missing.join(', ')} of ${group.total} is missing beside this file.`
      files.push({ name: group.name, fixedId, path: group.path, source, ...facts, problem })
    }
  }

  async function takeFolder(root: string, source: GgufFile['source']): Promise<void> {
    const scan = await scanFolder(root)
    if (!scan.reachable) unreachable.push({ root, reason: `The folder ${root} does not answer (${scan.problem}).` })
    await take(scan.files, source, null)
  }

  for (const { id, path } of places.builtIn) await take([path], 'built-in', id)
  await takeFolder(places.modelsFolder, 'data')
  for (const folder of places.environmentFolders) await takeFolder(folder, 'environment')
  for (const folder of places.addedFolders) await takeFolder(folder, 'added')
  for (const path of places.addedFiles) {
    await take(await existing(partPaths(path)), 'added', null)
    if (seen.has(path)) continue
    const folder = dirname(path)
    const problem = await folderProblem(folder)
    if (problem !== null) unreachable.push({ root: path, reason: `The folder ${folder} does not answer (${problem}).` })
  }
  return { files, unreachable }
}

async function existing(paths: string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => ((await statParts([path])) === null ? [] : [path])))
  return found.flat()
}

async function folderProblem(folder: string): Promise<string | null> {
  try {
    await stat(folder)
    return null
  } catch (error) {
    return errorCode(error)
  }
}
