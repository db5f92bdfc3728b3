import { randomBytes } from 'node:crypto'
import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import type { Clock } from '../../spec/clock.ts'
import type { SecretVault } from '../../spec/secret-vault.ts'
import { inSeconds } from '../team-rules.ts'

/** Where the vault keeps the key. */
const KEY_NAME = 'team/oauth/key'

/** Texts that only this instance can read, sealed with a key that the vault holds. */
export interface SealedTexts {
  /** `purpose` says what it is for; a text that was sealed for another cannot be passed off as it. */
  seal(purpose: string, content: Record<string, unknown>, lifetimeS: number | null): Promise<string>
  /** Null for what was not sealed here, for something else, or has expired. */
  open(purpose: string, sealed: string): Promise<Record<string, unknown> | null>
}

/** Seals as encrypted JWTs (`dir`, A256GCM). The key is made at first use. */
export function createSealedTexts(vault: SecretVault, clock: Clock): SealedTexts {
  let key: Promise<Uint8Array> | null = null

  /** Asked for once; a failure is tried again. */
  function openKey(): Promise<Uint8Array> {
    if (key === null) {
      key = findKey()
      key.catch(() => {
        key = null
      })
    }
    return key
  }

  async function findKey(): Promise<Uint8Array> {
    const found = await vault.get(KEY_NAME)
    if (found !== null) return Buffer.from(found, 'base64url')
    const made = randomBytes(32)
    await vault.set(KEY_NAME, made.toString('base64url'))
    return made
  }

  return {
    async seal(purpose, content, lifetimeS) {
      const now = inSeconds(clock.now())
      const jwt = new EncryptJWT({ content })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .setIssuedAt(now)
      if (lifetimeS !== null) jwt.setExpirationTime(now + lifetimeS)
      return jwt.encrypt(await openKey())
    },
    async open(purpose, sealed) {
      const secret = await openKey()
      try {
        const { payload } = await jwtDecrypt(sealed, secret, {
          audience: purpose,
          currentDate: new Date(clock.now()),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        })
        return typeof payload.content === 'object' ? (payload.content as Record<string, unknown>) : null
      } catch (error) {
        if (error instanceof errors.JOSEError) return null
        throw error
      }
    },
  }
}
