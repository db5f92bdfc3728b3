import { z } from 'zod'
import type { Logger } from '../spec/engine.ts'
import { EngineError, toEngineError } from '../spec/engine-error.ts'
import type { SecretVault } from '../spec/secret-vault.ts'
import type { StoredConnection } from '../storage/index.ts'
import { maskOf } from './mask.ts'

/** The secrets of one connection, open. Held in memory, so that no request waits for the vault. */
export interface OpenSecrets {
  /** In the order in which they are used; null for one that the vault could not open. */
  keys: readonly { id: string; last4: string; value: string | null }[]
  /** Null if the vault could not open them. */
  headers: Readonly<Record<string, string>> | null
  /** Why something is missing, for the person; null if all is there. */
  trouble: EngineError | null
}

/** What is to be sealed for one connection. */
export interface NewSecrets {
  connectionId: string
  keys: readonly { id: string; value: string }[]
  headers: { seal: string; values: Readonly<Record<string, string>> } | null
}

export interface ConnectionSecrets {
  /** Never rejects: what cannot be opened is told in `trouble`. */
  open(stored: StoredConnection, title: string): Promise<OpenSecrets>
  /** Seals under names of their own. Returns the names; if one cannot be sealed, none stays and the vault's error is thrown. */
  seal(secrets: readonly NewSecrets[]): Promise<string[]>
  /** Never rejects: what could not be destroyed now is an orphan, and goes at the next start. */
  destroy(names: readonly string[]): Promise<void>
  /** Destroys what no connection refers to: left by a change that was cut off. */
  destroyOrphans(stored: readonly StoredConnection[], untouched: readonly string[]): Promise<void>
}

const headersSchema = z.record(z.string(), z.string())

/** Names of everything that is sealed for a connection. */
export function sealedNames({ id, keys, headerSeal }: Pick<StoredConnection, 'id' | 'keys' | 'headerSeal'>): string[] {
  return [...keys.map((key) => keyName(id, key.id)), ...(headerSeal === null ? [] : [headersName(id, headerSeal)])]
}

/** Seals, opens and destroys the secrets of connections. */
export function createConnectionSecrets(vault: SecretVault, log: Logger): ConnectionSecrets {
  async function destroy(names: readonly string[]): Promise<void> {
    for (const name of names) {
      try {
        await vault.remove(name)
      } catch (error) {
        log.warn({ err: error, secret: name }, 'a secret that is not needed any more could not be destroyed yet')
      }
    }
  }

  return {
    destroy,

    async open(stored, title) {
      let trouble: EngineError | null = null
      const keys = await Promise.all(
        stored.keys.map(async ({ id, last4 }) => {
          const { value, reason } = await openOne(vault, keyName(stored.id, id))
          if (value === null) trouble ??= cannotOpen(`The key ${maskOf(last4)} of ${title}`, 'the key', reason)
          return { id, last4, value }
        }),
      )
      let headers: Record<string, string> | null = {}
      if (stored.headerSeal !== null) {
        const { value, reason } = await openOne(vault, headersName(stored.id, stored.headerSeal))
        headers = value === null ? null : readHeaders(value)
        if (headers === null) trouble ??= cannotOpen(`The header values of ${title}`, 'them', reason)
      }
      return { keys, headers, trouble }
    },

    async seal(secrets) {
      const written: string[] = []
      const write = async (name: string, value: string): Promise<void> => {
        // Noted first: a write that fails halfway may have left something.
        written.push(name)
        await vault.set(name, value)
      }
      try {
        for (const { connectionId, keys, headers } of secrets) {
          for (const { id, value } of keys) await write(keyName(connectionId, id), value)
          if (headers !== null) await write(headersName(connectionId, headers.seal), JSON.stringify(headers.values))
        }
      } catch (error) {
        await destroy(written)
        throw error
      }
      return written
    },

    async destroyOrphans(stored, untouched) {
      const needed = new Set(stored.flatMap(sealedNames))
      const isUntouched = (name: string): boolean => untouched.some((id) => name.startsWith(`connection/${id}/`))
      try {
        const names = await vault.names()
        const orphans = names.filter(
          (name) => name.startsWith('connection/') && !needed.has(name) && !isUntouched(name),
        )
        if (orphans.length > 0)
          log.info({ count: orphans.length }, 'secrets that no connection refers to are destroyed')
        await destroy(orphans)
      } catch (error) {
        log.warn({ err: error }, 'the vault does not tell what it holds, so nothing in it was tidied up')
      }
    },
  }
}

async function openOne(vault: SecretVault, name: string): Promise<{ value: string | null; reason: string }> {
  try {
    return { value: await vault.get(name), reason: 'The vault holds nothing under its name.' }
  } catch (error) {
    return { value: null, reason: toEngineError(error).message }
  }
}

function cannotOpen(what: string, again: string, reason: string): EngineError {
  return new EngineError('auth_failed', `${what} cannot be opened. Enter ${again} again.`, { detail: reason })
}

function readHeaders(text: string): Record<string, string> | null {
  try {
    return headersSchema.parse(JSON.parse(text))
  } catch {
    // The reason would quote the secret.
    return null
  }
}

function keyName(connectionId: string, keyId: string): string {
  return `connection/${connectionId}/key/${keyId}`
}

/** A changed set of headers is sealed beside the one in force, so that a change that is cut off leaves a whole one. */
function headersName(connectionId: string, seal: string): string {
  return `connection/${connectionId}/headers/${seal}`
}
