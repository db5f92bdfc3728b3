import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** A provider as it is kept; its client secret is in the vault. */
export interface StoredOauthProvider {
  id: string
  name: string
  issuer: string
  clientId: string
  /** Name in the vault; null for a public client. */
  secretName: string | null
  /** What may be shown of the secret; empty for a short one. */
  secretLast4: string
  scopes: string
  enabled: boolean
}

/** Which account a subject at a provider is. */
export interface OauthLink {
  providerId: string
  issuer: string
  subject: string
  personId: string
  /** Sealed; null where there are none. */
  tokens: string | null
  /** Epoch s. */
  signedInAt: number
}

/** OAuth providers and whom they know. Writing throws `disk_full` or `storage_failed`. */
export interface OauthStore {
  /** In order of creation. */
  providers(): StoredOauthProvider[]
  saveProvider(provider: StoredOauthProvider): void
  /** Also forgets whom it knew. */
  removeProvider(id: string): void
  link(providerId: string, issuer: string, subject: string): OauthLink | null
  /** The newest sign-in first. */
  linksOf(personId: string): OauthLink[]
  saveLink(link: OauthLink): void
  /** Replaces the tokens only if they are still those that the caller read; says whether. */
  replaceTokens(link: OauthLink, tokens: string | null): boolean
}

interface ProviderRow extends Omit<StoredOauthProvider, 'enabled'> {
  enabled: number
}

const LINK = `provider_id AS providerId, issuer, subject, person_id AS personId, tokens, signed_in_at AS signedInAt`

/** The statements about OAuth. */
export function createOauthStore(db: WritableDatabase, writer: Writer): OauthStore {
  const providers = db.prepare<[], ProviderRow>(
    `SELECT id, name, issuer, client_id AS clientId, secret_name AS secretName, secret_last4 AS secretLast4, scopes,
       enabled FROM oauth_providers ORDER BY seq`,
  )
  const saveProvider = db.prepare(
    `INSERT INTO oauth_providers (id, name, issuer, client_id, secret_name, secret_last4, scopes, enabled)
     VALUES (@id, @name, @issuer, @clientId, @secretName, @secretLast4, @scopes, @enabled)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id,
       secret_name = excluded.secret_name, secret_last4 = excluded.secret_last4, scopes = excluded.scopes,
       enabled = excluded.enabled`,
  )
  const removeProvider = db.prepare('DELETE FROM oauth_providers WHERE id = ?')
  const removeLinks = db.prepare('DELETE FROM oauth_links WHERE provider_id = ?')
  const link = db.prepare<[string, string, string], OauthLink>(
    `SELECT ${LINK} FROM oauth_links WHERE provider_id = ? AND issuer = ? AND subject = ?`,
  )
  const linksOf = db.prepare<[string], OauthLink>(
    `SELECT ${LINK} FROM oauth_links WHERE person_id = ? ORDER BY signed_in_at DESC`,
  )
  const saveLink = db.prepare(
    `INSERT INTO oauth_links (provider_id, issuer, subject, person_id, tokens, signed_in_at)
     VALUES (@providerId, @issuer, @subject, @personId, @tokens, @signedInAt)
     ON CONFLICT (provider_id, issuer, subject) DO UPDATE SET person_id = excluded.person_id,
       tokens = excluded.tokens, signed_in_at = excluded.signed_in_at`,
  )
  const replaceTokens = db.prepare(
    `UPDATE oauth_links SET tokens = @next
     WHERE provider_id = @providerId AND issuer = @issuer AND subject = @subject AND tokens IS @tokens`,
  )
  return {
    providers: () => providers.all().map((row) => ({ ...row, enabled: row.enabled === 1 })),
    saveProvider(provider) {
      writer.write(() => void saveProvider.run({ ...provider, enabled: provider.enabled ? 1 : 0 }))
    },
    removeProvider(id) {
      writer.write(() => {
        removeLinks.run(id)
        removeProvider.run(id)
      })
    },
    link: (providerId, issuer, subject) => link.get(providerId, issuer, subject) ?? null,
    linksOf: (personId) => linksOf.all(personId),
    saveLink(stored) {
      writer.write(() => void saveLink.run(stored))
    },
    replaceTokens: ({ providerId, issuer, subject, tokens }, next) =>
      writer.write(() => replaceTokens.run({ providerId, issuer, subject, tokens, next }).changes === 1),
  }
}
