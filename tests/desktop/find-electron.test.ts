import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findElectron } from '../../scripts/find-electron.ts'
import { importsOf } from '../../scripts/imports-of.ts'
import { sourceHash } from '../../scripts/source-hash.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-scripts-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('finding Electron', () => {
  it('takes the binary from ELECTRON_OVERRIDE_DIST_PATH, and says what is missing there', async () => {
    const env = { ELECTRON_OVERRIDE_DIST_PATH: folder }
    const missing = findElectron(env)
    expect(missing).toEqual({ path: null, reason: expect.stringContaining(folder) })
    const wanted = /there is no file (.*)$/.exec(missing.path === null ? missing.reason : '')?.[1] ?? ''
    await mkdir(join(wanted, '..'), { recursive: true })
    await writeFile(wanted, '')
    expect(findElectron(env)).toEqual({ path: wanted })
  })
})

describe('what a built file imports', () => {
  it('is followed through chunks, static and dynamic', async () => {
    await writeFile(
      join(folder, 'serve.js'),
      'import { a } from "./chunks/a.js";\nconst b = await import("./chunks/b.js");\n',
    )
    await mkdir(join(folder, 'chunks'))
    await writeFile(
      join(folder, 'chunks/a.js'),
      'import "node:fs";\nimport Store from "electron-store";\nexport { x } from "../c.js";\n',
    )
    await writeFile(join(folder, 'chunks/b.js'), 'import {\n  app,\n  shell\n} from "electron";\nimport "./a.js";\n')
    await writeFile(join(folder, 'c.js'), 'export const text = "import x from \'nowhere\'";\n')
    expect(importsOf(join(folder, 'serve.js'))).toEqual(['electron', 'electron-store', 'node:fs'])
  })
})

describe('the hash of the sources', () => {
  it('changes with content, names and new files, and with nothing else', async () => {
    await mkdir(join(folder, 'src'))
    await writeFile(join(folder, 'src/a.ts'), 'one')
    await writeFile(join(folder, 'package.json'), '{}')
    const hash = () => sourceHash(folder, ['src', 'package.json'])
    const first = hash()
    await writeFile(join(folder, 'README.md'), 'not read by the build')
    expect(hash()).toBe(first)
    await writeFile(join(folder, 'src/a.ts'), 'two')
    const second = hash()
    expect(second).not.toBe(first)
    await writeFile(join(folder, 'src/b.ts'), '')
    expect(hash()).not.toBe(second)
    await rm(join(folder, 'src/b.ts'))
    expect(hash()).toBe(second)
  })
})
