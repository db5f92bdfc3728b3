import { describe, expect, it } from 'vitest'
import { chooseVault, type KeyStoreVault } from '../../../src/main/engine/secrets/choose-vault.ts'
import { createKeyFileVault } from '../../../src/main/engine/secrets/key-file-vault.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

/** A key store that may be missing, as the desktop's is: then names can be told, secrets not. */
function keyStore(
  isThere: boolean,
  secrets = new Map<string, string>(),
): KeyStoreVault & { secrets: Map<string, string> } {
  const check = (): void => {
    if (!isThere) throw new EngineError('unsupported', 'This system offers no key store.')
  }
  return {
    secrets,
    hasKeyStore: async () => isThere,
    async get(name) {
      check()
      return secrets.get(name) ?? null
    },
    async set(name, value) {
      check()
      secrets.set(name, value)
    },
    async remove(name) {
      secrets.delete(name)
    },
    names: async () => [...secrets.keys()],
  }
}

describe('the choice of a vault', () => {
  it('uses the key store where there is one, and says nothing', async () => {
    const log = createTestLog()
    const system = keyStore(true)
    const keyFile = createKeyFileVault(tempFolder())
    const vault = chooseVault(system, keyFile, log)
    await vault.set('a', '1')
    expect([await vault.get('a'), system.secrets.get('a'), await keyFile.names()]).toEqual(['1', '1', []])
    expect(log.lines).toEqual([])
  })

  it('falls back to the key file where there is none, and says so once', async () => {
    const log = createTestLog()
    const keyFile = createKeyFileVault(tempFolder())
    const vault = chooseVault(keyStore(false), keyFile, log)
    expect(await vault.get('a')).toBeNull()
    await vault.set('a', '1')
    await vault.set('b', '2')
    expect([await vault.get('a'), await keyFile.get('a'), await vault.names()]).toEqual(['1', '1', ['a', 'b']])
    expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('no key store') }])
  })

  it('a key store that comes later takes each secret over with its next change', async () => {
    const folder = tempFolder()
    await createKeyFileVault(folder).set('a', 'old')
    await createKeyFileVault(folder).set('b', 'stays')
    const system = keyStore(true)
    const vault = chooseVault(system, createKeyFileVault(folder), createTestLog())
    expect([await vault.get('a'), await vault.get('b')]).toEqual(['old', 'stays'])
    await vault.set('a', 'new')
    expect([await vault.get('a'), await vault.get('b')]).toEqual(['new', 'stays'])
    expect(await createKeyFileVault(folder).names()).toEqual(['b'])
  })

  it('a key store that goes away: what it holds is named as such, not taken for missing; changes go to the key file', async () => {
    const system = keyStore(false, new Map([['a', 'sealed']]))
    const vault = chooseVault(system, createKeyFileVault(tempFolder()), createTestLog())
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'unsupported' })
    await vault.set('a', 'entered again')
    expect(await vault.get('a')).toBe('entered again')
    expect(await vault.names()).toEqual(['a'])
    await vault.remove('a')
    expect([await vault.get('a'), await vault.names(), system.secrets.size]).toEqual([null, [], 0])
  })

  it('a failed look for the key store is not remembered', async () => {
    let looks = 0
    const system: KeyStoreVault = {
      ...keyStore(true),
      async hasKeyStore() {
        looks += 1
        if (looks === 1) throw new Error('not ready')
        return true
      },
    }
    const vault = chooseVault(system, createKeyFileVault(tempFolder()), createTestLog())
    await expect(vault.set('a', '1')).rejects.toThrow('not ready')
    await vault.set('a', '1')
    expect(await vault.get('a')).toBe('1')
  })
})
