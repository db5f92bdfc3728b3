import { randomUUID } from 'node:crypto'
import { type OauthProvider, oauthProviderSchema } from '#shared/team.ts'
import type { Logger } from '../../spec/engine.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { Principal } from '../../spec/principal.ts'
import type { SecretVault } from '../../spec/secret-vault.ts'
import type { Storage, StoredOauthProvider } from '../../storage/index.ts'
import { type Environment, textOf } from '../environment-texts.ts'
import { read } from '../person-input.ts'
import type { TeamChanges } from '../team-changes.ts'
import { notFound, requireAdmin } from '../team-rules.ts'
import { checkIssuer } from './issuer.ts'

/** The id that Open WebUI's addresses have for the provider of the environment. */
const FROM_ENVIRONMENT = 'oidc'
const DOTS = '••••'

/** A provider with what it takes to speak to it. */
export interface OpenProvider {
  id: string
  name: string
  issuer: string
  clientId: string
  /** Null for a public client. */
  clientSecret: string | null
  scopes: string
}

export interface OauthProviders {
  list(): OauthProvider[]
  nameOf(id: string): string
  save(input: OauthProvider, by: Principal): OauthProvider
  remove(id: string, by: Principal): void
  /** Throws `not_found` for one that is not there or switched off, `auth_failed` without its secret. */
  open(id: string): Promise<OpenProvider>
}

interface ProvidersOptions {
  storage: Storage
  vault: SecretVault
  environment: Environment
  changes: TeamChanges
  log: Logger
}

/** The provider of the environment and those that were set up, with their secrets in the vault. */
export function createOauthProviders({ storage, vault, environment, changes, log }: ProvidersOptions): OauthProviders {
  const fromEnvironment = readEnvironment(environment, log)
  /** Given in this run: usable at once, while the vault is still writing. */
  const given = new Map<string, string>()

  const stored = (): StoredOauthProvider[] => storage.oauth.providers().filter(({ id }) => id !== fromEnvironment?.id)

  function seal(name: string, secret: string, replaced: string | null): void {
    given.set(name, secret)
    vault
      .set(name, secret)
      .then(() => destroy(replaced))
      .catch((error: unknown) =>
        log.error(
          { err: error },
          'a client secret could not be sealed; it has to be entered again after the next start',
        ),
      )
  }

  function destroy(name: string | null): void {
    if (name === null) return
    given.delete(name)
    vault
      .remove(name)
      .catch((error: unknown) => log.warn({ err: error, secret: name }, 'an old client secret could not be destroyed'))
  }

  function refuseDecided(id: string): void {
    if (id !== fromEnvironment?.id) return
    throw new EngineError(
      'conflict',
      'This provider is decided by the environment variable OAUTH_CLIENT_ID. Unset it to change it here.',
      { param: 'id' },
    )
  }

  function list(): OauthProvider[] {
    return [
      ...(fromEnvironment === null ? [] : [showOpen(fromEnvironment)]),
      ...stored().map(({ secretName, secretLast4, ...provider }) => ({
        ...provider,
        clientSecret: secretName === null ? '' : `${DOTS}${secretLast4}`,
      })),
    ]
  }

  return {
    list,
    nameOf: (id) => list().find((provider) => provider.id === id)?.name ?? id,

    save(input, by) {
      requireAdmin(by)
      const { clientSecret, ...provider } = read(oauthProviderSchema, input)
      refuseDecided(provider.id)
      const issuer = checkIssuer(provider.issuer).href
      const before = stored().find(({ id }) => id === provider.id)
      const keepsSecret = clientSecret.startsWith(DOTS)
      // Else whoever may change the address could have the secret sent to themselves.
      if (keepsSecret && (before === undefined || new URL(before.issuer).origin !== new URL(issuer).origin)) {
        throw new EngineError('invalid_request', 'The client secret has to be entered again for another address.', {
          param: 'clientSecret',
        })
      }
      const isNew = !keepsSecret && clientSecret !== ''
      const secretName = isNew ? `team/oauth/${provider.id}/${randomUUID()}` : keepsSecret ? before?.secretName : null
      const row = {
        ...provider,
        issuer: provider.issuer.trim(),
        secretName: secretName ?? null,
        secretLast4: isNew ? lastFour(clientSecret) : keepsSecret ? (before?.secretLast4 ?? '') : '',
      }
      storage.oauth.saveProvider(row)
      const replaced = before?.secretName ?? null
      if (isNew && row.secretName !== null) seal(row.secretName, clientSecret, replaced)
      else if (!keepsSecret) destroy(replaced)
      changes.changed()
      return list().find(({ id }) => id === provider.id) ?? { ...provider, clientSecret: '' }
    },

    remove(id, by) {
      requireAdmin(by)
      refuseDecided(id)
      const before = stored().find((provider) => provider.id === id)
      if (before === undefined) throw notFound('sign-in provider', 'id')
      storage.oauth.removeProvider(id)
      destroy(before.secretName)
      changes.changed()
    },

    async open(id) {
      if (id === fromEnvironment?.id) return fromEnvironment
      const provider = stored().find((each) => each.id === id)
      if (provider === undefined || !provider.enabled) throw notFound('sign-in provider', 'providerId')
      const { name, issuer, clientId, secretName, scopes } = provider
      if (secretName === null) return { id, name, issuer, clientId, clientSecret: null, scopes }
      const clientSecret = given.get(secretName) ?? (await vault.get(secretName))
      if (clientSecret === null) {
        throw new EngineError('auth_failed', `The client secret of ${name} is missing. Enter it again.`, {
          param: 'oauth',
        })
      }
      return { id, name, issuer, clientId, clientSecret, scopes }
    },
  }
}

function readEnvironment(environment: Environment, log: Logger): OpenProvider | null {
  const clientId = textOf(environment, 'OAUTH_CLIENT_ID')
  const issuer = textOf(environment, 'OPENID_PROVIDER_URL')
  if (clientId === undefined || issuer === undefined) return null
  try {
    checkIssuer(issuer)
  } catch (error) {
    log.warn({ variable: 'OPENID_PROVIDER_URL', err: error }, 'the sign-in provider of the environment is ignored')
    return null
  }
  return {
    id: FROM_ENVIRONMENT,
    name: textOf(environment, 'OAUTH_PROVIDER_NAME') ?? 'SSO',
    issuer,
    clientId,
    clientSecret: textOf(environment, 'OAUTH_CLIENT_SECRET') ?? null,
    scopes: textOf(environment, 'OAUTH_SCOPES') ?? 'openid email profile',
  }
}

function showOpen({ clientSecret, ...provider }: OpenProvider): OauthProvider {
  return { ...provider, clientSecret: clientSecret === null ? '' : `${DOTS}${lastFour(clientSecret)}`, enabled: true }
}

function lastFour(secret: string): string {
  return secret.length < 8 ? '' : secret.slice(-4)
}
