import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createKeyFileVault } from '../../../src/main/engine/secrets/key-file-vault.ts'
import type { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

const onPosix = process.platform !== 'win32'

describe('the vault on a key file', () => {
  let folder: string
  beforeEach(() => {
    folder = tempFolder()
  })
  const keyFile = (): string => join(folder, 'secrets.key')
  const sealedFile = (): string => join(folder, 'secrets.sealed.json')
  const failure = async (promise: Promise<unknown>): Promise<EngineError> => {
    const caught: unknown = await promise.then(
      () => null,
      (error: unknown) => error,
    )
    if (caught === null) throw new Error('It did not fail.')
    return caught as EngineError
  }

  it('keeps secrets sealed, for its owner alone, over restarts', async () => {
    const vault = createKeyFileVault(folder)
    expect(await vault.get('connection:1')).toBeNull()
    expect(await vault.names()).toEqual([])
    // Looking makes no files.
    await expect(stat(keyFile())).rejects.toMatchObject({ code: 'ENOENT' })
    await vault.set('connection:1', 'sk-canary ü日')
    await vault.set('connection:2', 'sk-canary ü日')
    await vault.set('', '')
    const again = createKeyFileVault(folder)
    expect(await again.get('connection:1')).toBe('sk-canary ü日')
    expect(await again.get('')).toBe('')
    expect(await again.names()).toEqual(['connection:1', 'connection:2', ''])
    const sealed = await readFile(sealedFile(), 'utf8')
    expect(sealed).not.toContain('canary')
    const { secrets } = JSON.parse(sealed) as { secrets: [string, string][] }
    expect(secrets[0]?.[1]).not.toBe(secrets[1]?.[1])
    if (onPosix) {
      expect((await stat(keyFile())).mode & 0o777).toBe(0o600)
      expect((await stat(sealedFile())).mode & 0o777).toBe(0o600)
    }
    await again.remove('connection:1')
    expect(await vault.get('connection:1')).toBeNull()
  })

  it('loses none of many changes at once', async () => {
    const vault = createKeyFileVault(folder)
    await Promise.all(Array.from({ length: 20 }, (_, index) => vault.set(`key-${index}`, `value-${index}`)))
    await Promise.all(Array.from({ length: 10 }, (_, index) => vault.remove(`key-${index}`)))
    expect(await vault.names()).toEqual(Array.from({ length: 10 }, (_, index) => `key-${index + 10}`))
    expect(await vault.get('key-13')).toBe('value-13')
  })

  it('notices a secret that was moved to another name, or changed by one bit', async () => {
    const vault = createKeyFileVault(folder)
    await vault.set('a', 'sk-canary')
    const { secrets } = JSON.parse(await readFile(sealedFile(), 'utf8')) as { secrets: [string, string][] }
    const sealed = Buffer.from(secrets[0]?.[1] ?? '', 'base64')
    const changed = Buffer.from(sealed)
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    const list = [
      ['b', sealed.toString('base64')],
      ['a', changed.toString('base64')],
      ['c', sealed.subarray(0, 20).toString('base64')],
      ['d', ''],
    ]
    await writeFile(sealedFile(), JSON.stringify({ version: 1, secrets: list }))
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(await failure(vault.get(name))).toMatchObject({
        code: 'auth_failed',
        message: expect.stringContaining('enter it again'),
      })
    }
    await vault.set('a', 'anew')
    expect(await vault.get('a')).toBe('anew')
  })

  it('says so when the key is another one', async () => {
    await createKeyFileVault(folder).set('a', 'sk-canary')
    await writeFile(keyFile(), Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 })
    expect(await failure(createKeyFileVault(folder).get('a'))).toMatchObject({ code: 'auth_failed' })
  })

  it('never makes a new key over secrets of a lost one', async () => {
    await createKeyFileVault(folder).set('a', 'sk-canary')
    await rename(keyFile(), join(folder, 'elsewhere'))
    const vault = createKeyFileVault(folder)
    for (const act of [() => vault.get('a'), () => vault.set('b', 'x')]) {
      expect(await failure(act())).toMatchObject({
        code: 'storage_failed',
        message: expect.stringContaining('Put secrets.key back'),
      })
    }
    await expect(stat(keyFile())).rejects.toMatchObject({ code: 'ENOENT' })
    await rename(join(folder, 'elsewhere'), keyFile())
    expect(await vault.get('a')).toBe('sk-canary')
  })

  it('leaves damaged files as they are, quotes nothing of them, and never takes them for empty', async () => {
    const vault = createKeyFileVault(folder)
    await vault.set('a', 'sk-canary')
    await writeFile(sealedFile(), '{"version": 1, "secrets": [["a", "sk-canary')
    for (const act of [() => vault.get('a'), () => vault.names(), () => vault.set('b', 'c'), () => vault.remove('a')]) {
      const error = await failure(act())
      expect(error).toMatchObject({ code: 'storage_failed', message: expect.stringContaining('damaged') })
      expect(JSON.stringify(error) + String(error.cause)).not.toContain('canary')
    }
    expect(await readFile(sealedFile(), 'utf8')).toContain('sk-canary')
    await rm(sealedFile())
    for (const content of ['', 'short', Buffer.alloc(31).toString('base64')]) {
      await writeFile(keyFile(), content, { mode: 0o600 })
      expect(await failure(createKeyFileVault(folder).set('a', 'x'))).toMatchObject({
        code: 'storage_failed',
        message: expect.stringContaining('key file of the sealed secrets is damaged'),
      })
      expect(await readFile(keyFile(), 'utf8')).toBe(content)
    }
  })

  it.runIf(onPosix)('takes a key file that others could read from them, and says so once', async () => {
    await createKeyFileVault(folder).set('a', 'sk-canary')
    await chmod(keyFile(), 0o644)
    const log = createTestLog()
    const vault = createKeyFileVault(folder, log)
    expect(await vault.get('a')).toBe('sk-canary')
    expect(await vault.get('a')).toBe('sk-canary')
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600)
    expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('replace the API keys') }])
    expect(JSON.stringify(log.lines)).not.toContain('canary')
  })

  it.runIf(onPosix)('a draft of an earlier run that others can read does not pass its mode on', async () => {
    await writeFile(`${sealedFile()}.new`, 'old', { mode: 0o644 })
    await createKeyFileVault(folder).set('a', 'x')
    expect((await stat(sealedFile())).mode & 0o777).toBe(0o600)
  })

  it('a folder that cannot be written is an error, and the next try works', async () => {
    const missing = join(folder, 'not-there')
    const vault = createKeyFileVault(missing)
    expect(await failure(vault.set('a', 'x'))).toMatchObject({ code: 'storage_failed' })
    const { mkdir } = await import('node:fs/promises')
    await mkdir(missing)
    await vault.set('a', 'x')
    expect(await vault.get('a')).toBe('x')
  })

  it('knows no inherited names', async () => {
    const vault = createKeyFileVault(folder)
    expect(await vault.get('constructor')).toBeNull()
    await vault.set('__proto__', 'odd')
    expect(await vault.get('__proto__')).toBe('odd')
  })
})
