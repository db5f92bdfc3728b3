import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { tempFolder } from '../../support/temp-folder.ts'

const OPEN_DATA_FOLDER = fileURLToPath(
  new URL('../../../src/main/engine/data-folder/open-data-folder.ts', import.meta.url),
)

test('a folder stays taken although nobody keeps what opening it returned', () => {
  const script = `
    const { openDataFolder } = await import(${JSON.stringify(OPEN_DATA_FOLDER)})
    openDataFolder(process.argv[1])
    for (let round = 0; round < 3; round++) { globalThis.gc(); await new Promise(setImmediate) }
    try { openDataFolder(process.argv[1]); console.log('taken twice') } catch (error) { console.log(error.code) }
  `
  const args = ['--expose-gc', '--input-type=module', '--eval', script, tempFolder()]
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe('conflict')
})
