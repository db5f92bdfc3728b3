import { refreshTokenGrant, type TokenEndpointResponse, type TokenEndpointResponseHelpers } from 'openid-client'
import { z } from 'zod'
import type { Clock } from '../../spec/clock.ts'
import type { Logger } from '../../spec/engine.ts'
import type { OauthLink, Storage } from '../../storage/index.ts'
import type { TeamChanges } from '../team-changes.ts'
import { inSeconds } from '../team-rules.ts'
import type { Discover } from './discover.ts'
import { isGrantGone, toOauthError } from './oauth-errors.ts'
import type { OauthProviders } from './providers.ts'
import type { SealedTexts } from './sealed-texts.ts'

/** Refreshed this long before it expires, so that it does not expire on its way. */
const MARGIN_S = 30

const tokensSchema = z.object({
  access: z.string(),
  refresh: z.string().nullable(),
  /** Epoch s; null if the provider did not say. */
  expiresAt: z.number().nullable(),
})
type Tokens = z.infer<typeof tokensSchema>
type Answer = TokenEndpointResponse & TokenEndpointResponseHelpers
type LinkName = Pick<OauthLink, 'providerId' | 'issuer' | 'subject'>

/** Access tokens of people at their providers. */
export interface OauthTokens {
  /** As the database keeps them. */
  seal(link: LinkName, answer: Answer): Promise<string>
  /** Null without one. Throws `upstream_unavailable` where it has expired and the provider cannot be reached. */
  accessToken(personId: string): Promise<string | null>
}

interface OauthTokensOptions {
  storage: Storage
  providers: OauthProviders
  discover: Discover
  sealed: SealedTexts
  changes: TeamChanges
  clock: Clock
  log: Logger
}

export function createOauthTokens(options: OauthTokensOptions): OauthTokens {
  const { storage, providers, discover, sealed, changes, clock, log } = options
  const known = new Map<string, Tokens>()
  const refreshing = new Map<string, Promise<string | null>>()
  let version = changes.version()

  async function find(personId: string): Promise<{ link: OauthLink; tokens: Tokens } | null> {
    for (const link of storage.oauth.linksOf(personId)) {
      if (link.tokens === null) continue
      const tokens = tokensSchema.safeParse(await sealed.open(purposeOf(link), link.tokens))
      if (tokens.success) return { link, tokens: tokens.data }
      log.warn({ providerId: link.providerId }, 'the tokens of a sign-in cannot be opened; it has to be done again')
    }
    return null
  }

  async function refresh(link: OauthLink, token: string): Promise<string | null> {
    const provider = await providers.open(link.providerId)
    const configuration = await discover(provider)
    let answer: Answer
    try {
      answer = await refreshTokenGrant(configuration, token)
    } catch (error) {
      if (!isGrantGone(error)) throw toOauthError(error, provider.name)
      log.info({ providerId: provider.id }, 'a sign-in at a provider has ended there')
      storage.oauth.replaceTokens(link, null)
      return null
    }
    const next: Tokens = { ...read(answer, clock), refresh: answer.refresh_token ?? token }
    // Signed in anew meanwhile: those tokens are the newer ones, and these still serve this request.
    storage.oauth.replaceTokens(link, await sealed.seal(purposeOf(link), next, null))
    return next.access
  }

  async function findOrRefresh(personId: string): Promise<string | null> {
    const before = version
    const found = await find(personId)
    if (found === null) return null
    const { link, tokens } = found
    if (isFresh(tokens, clock)) {
      if (before === changes.version()) known.set(personId, tokens)
      return tokens.access
    }
    return tokens.refresh === null ? null : refresh(link, tokens.refresh)
  }

  return {
    seal: (link, answer) => sealed.seal(purposeOf(link), read(answer, clock), null),

    async accessToken(personId) {
      if (version !== changes.version()) {
        known.clear()
        version = changes.version()
      }
      const tokens = known.get(personId)
      if (tokens !== undefined && isFresh(tokens, clock)) return tokens.access
      // A refresh token may hold for one use only, so requests at the same moment share it.
      const running = refreshing.get(personId)
      if (running !== undefined) return running
      const started = findOrRefresh(personId).finally(() => refreshing.delete(personId))
      refreshing.set(personId, started)
      return started
    },
  }
}

/** Whose they are is part of what they are sealed for: a row's tokens are of no use in another. */
function purposeOf({ providerId, issuer, subject }: LinkName): string {
  return JSON.stringify(['oauth-tokens', providerId, issuer, subject])
}

function read(answer: Answer, clock: Clock): Tokens {
  const expiresIn = answer.expiresIn()
  return {
    access: answer.access_token,
    refresh: answer.refresh_token ?? null,
    expiresAt: expiresIn === undefined ? null : inSeconds(clock.now()) + expiresIn,
  }
}

function isFresh({ expiresAt }: Tokens, clock: Clock): boolean {
  return expiresAt === null || expiresAt - MARGIN_S > clock.now() / 1000
}
