import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { app } from './app.ts'

/** As Electron's, with a key of this process: what it seals, it alone opens. It refuses to answer before `ready`, as Linux does. */
const key = randomBytes(32)

function requireReady(): void {
  if (!app.isReady()) throw new Error('safeStorage cannot be used before app is ready')
}

export const safeStorage = {
  async isAsyncEncryptionAvailable(): Promise<boolean> {
    requireReady()
    return true
  },
  getSelectedStorageBackend(): string {
    requireReady()
    return process.env.ELECTRON_DOUBLE_KEY_STORE ?? 'gnome_libsecret'
  },
  async encryptStringAsync(text: string): Promise<Buffer> {
    requireReady()
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed])
  },
  async decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    requireReady()
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
    decipher.setAuthTag(sealed.subarray(12, 28))
    const result = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8')
    return { result, shouldReEncrypt: false }
  },
}
