import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultDataFolder, openDataFolder } from '../../../src/main/engine/data-folder/index.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test('each platform has its usual place, and SWITCHYARD_DATA_DIR comes first', () => {
  const at = (platform: NodeJS.Platform, environment: Record<string, string> = {}) =>
    defaultDataFolder({ platform, environment, home: '/home/ada' })
  expect(at('linux')).toBe('/home/ada/.local/share/switchyard')
  expect(at('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/switchyard')
  expect(at('linux', { XDG_DATA_HOME: 'relative' })).toBe('/home/ada/.local/share/switchyard')
  expect(at('darwin')).toBe('/home/ada/Library/Application Support/Switchyard')
  expect(at('win32', { APPDATA: '/roaming' })).toBe('/roaming/Switchyard')
  expect(at('linux', { SWITCHYARD_DATA_DIR: '/elsewhere' })).toBe('/elsewhere')
})

test('a folder is made with its parts', () => {
  const path = join(tempFolder(), 'new', 'place')
  const folder = openDataFolder(path)
  for (const part of ['models', 'snapshots', 'logs']) expect(existsSync(join(path, part))).toBe(true)
  expect(folder).toMatchObject({ path, models: join(path, 'models') })
  folder.release()
})

test('a second holder is refused by name until the first lets go', () => {
  const path = tempFolder()
  const first = openDataFolder(path)
  expect(() => openDataFolder(path)).toThrow(
    expect.objectContaining({ code: 'conflict', message: expect.stringContaining(`(pid ${process.pid})`) }),
  )
  first.release()
  first.release()
  openDataFolder(path).release()
})

test('a folder that cannot be made says why, and what to do', () => {
  const file = join(tempFolder(), 'file')
  writeFileSync(file, '')
  expect(() => openDataFolder(join(file, 'inside'))).toThrow(
    expect.objectContaining({ code: 'storage_failed', message: expect.stringMatching(/a file is in the way.*--data/) }),
  )
  expect(() => openDataFolder('/proc/nothing/here')).toThrow(expect.objectContaining({ code: 'storage_failed' }))
})
