import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSecretVault } from '../../src/main/desktop/secret-vault.ts'

type Backend = 'basic_text' | 'gnome_libsecret' | 'kwallet6' | 'unknown'

/** Seals by reversing, which is enough to see what is on disk; the real key store is the system's. */
function keyStore(backend: Backend = 'gnome_libsecret', isAvailable = true) {
  return {
    isAsyncEncryptionAvailable: async () => isAvailable,
    encryptStringAsync: async (text: string) => Buffer.from([...text].reverse().join('')),
    decryptStringAsync: async (sealed: Buffer) => {
      if (sealed.includes('foreign')) throw new Error('cannot decrypt')
      return { result: [...sealed.toString()].reverse().join(''), shouldReEncrypt: false }
    },
    getSelectedStorageBackend: () => backend,
  }
}

describe('the secret vault', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-vault-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const file = () => join(folder, 'secrets.json')

  it('keeps secrets sealed, in a file for its owner alone', async () => {
    const vault = createSecretVault(folder, keyStore(), 'linux')
    await vault.set('connection:1', 'sk-canary')
    await vault.set('connection:2', 'sk-other')
    expect(await vault.get('connection:1')).toBe('sk-canary')
    expect(await vault.names()).toEqual(['connection:1', 'connection:2'])
    expect(await readFile(file(), 'utf8')).not.toContain('canary')
    if (process.platform !== 'win32') expect((await stat(file())).mode & 0o777).toBe(0o600)
    await vault.remove('connection:1')
    expect(await vault.get('connection:1')).toBeNull()
    expect(await createSecretVault(folder, keyStore(), 'linux').get('connection:2')).toBe('sk-other')
  })

  it('loses none of many changes at once', async () => {
    const vault = createSecretVault(folder, keyStore(), 'linux')
    await Promise.all(Array.from({ length: 20 }, (_, index) => vault.set(`key-${index}`, `value-${index}`)))
    expect(await vault.names()).toHaveLength(20)
    expect(await vault.get('key-13')).toBe('value-13')
  })

  it.each([
    ['basic_text', true],
    ['unknown', true],
    ['gnome_libsecret', false],
  ] as const)('refuses on Linux with backend %s, available %s, and writes nothing', async (backend, isAvailable) => {
    const vault = createSecretVault(folder, keyStore(backend, isAvailable), 'linux')
    const refusal = {
      code: 'unsupported',
      message: expect.stringContaining('GNOME Keyring'),
      detail: expect.stringContaining(backend),
    }
    await expect(vault.set('a', 'sk-canary')).rejects.toMatchObject(refusal)
    await expect(vault.get('a')).rejects.toMatchObject(refusal)
    await expect(stat(file())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('asks only for availability elsewhere, where there is no such fallback', async () => {
    const macVault = createSecretVault(folder, keyStore('basic_text'), 'darwin')
    await macVault.set('a', 'b')
    expect(await macVault.get('a')).toBe('b')
    const locked = createSecretVault(folder, keyStore('basic_text', false), 'win32')
    await expect(locked.get('a')).rejects.toMatchObject({ code: 'unsupported' })
  })

  it.each([
    ['linux', 'gnome_libsecret', true, true],
    ['linux', 'gnome_libsecret', false, false],
    ['linux', 'basic_text', true, false],
    ['linux', 'unknown', true, false],
    ['darwin', 'basic_text', false, true],
    ['win32', 'unknown', true, true],
  ] as const)(
    'on %s with backend %s, available %s, there is a key store: %s',
    async (platform, backend, isAvailable, has) => {
      expect(await createSecretVault(folder, keyStore(backend, isAvailable), platform).hasKeyStore()).toBe(has)
    },
  )

  it('leaves a damaged file as it is, and quotes nothing of it', async () => {
    await writeFile(file(), '{"version": 1, "secrets": [["a", "sk-canary')
    const vault = createSecretVault(folder, keyStore(), 'linux')
    const failure = await vault.set('b', 'c').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'storage_failed' })
    expect(JSON.stringify(failure) + String((failure as Error).cause)).not.toContain('canary')
    expect(await readFile(file(), 'utf8')).toContain('sk-canary')
  })

  it('says so when a secret was sealed elsewhere', async () => {
    const sealed = Buffer.from('foreign').toString('base64')
    await writeFile(file(), JSON.stringify({ version: 1, secrets: [['a', sealed]] }))
    await expect(createSecretVault(folder, keyStore(), 'linux').get('a')).rejects.toMatchObject({
      code: 'auth_failed',
      message: expect.stringContaining('enter it again'),
    })
  })

  it('knows no inherited names', async () => {
    const vault = createSecretVault(folder, keyStore(), 'linux')
    expect(await vault.get('constructor')).toBeNull()
    await vault.set('__proto__', 'odd')
    expect(await vault.get('__proto__')).toBe('odd')
  })
})
