import * as oidc from 'openid-client'
import { z } from 'zod'
import type { Clock } from '../../spec/clock.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { SignedIn, SignInOrigin } from '../../spec/team.ts'
import type { Storage, StoredPerson } from '../../storage/index.ts'
import type { Admission } from '../admit.ts'
import { isEmail } from '../person-input.ts'
import type { SignInLimits } from '../sign-in-limits.ts'
import type { TeamChanges } from '../team-changes.ts'
import { inSeconds } from '../team-rules.ts'
import type { Discover } from './discover.ts'
import { toOauthError } from './oauth-errors.ts'
import type { OauthTokens } from './oauth-tokens.ts'
import type { OauthProviders, OpenProvider } from './providers.ts'
import type { SealedTexts } from './sealed-texts.ts'

const PURPOSE = 'oauth-start'
const TIME_TO_SIGN_IN_S = 600

const startedSchema = z.object({
  providerId: z.string(),
  redirectUrl: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
})

/** What we take from an ID token and the user info. Providers send more, and some of them sloppier types. */
const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  email: z.string().nullish().catch(null),
  email_verified: z
    .union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false)])
    .nullish()
    .catch(null),
  name: z.string().nullish().catch(null),
  preferred_username: z.string().nullish().catch(null),
  picture: z.string().nullish().catch(null),
})
type Claims = z.infer<typeof claimsSchema>

interface OauthSignInOptions {
  storage: Storage
  providers: OauthProviders
  discover: Discover
  sealed: SealedTexts
  tokens: OauthTokens
  admission: Admission
  limits: SignInLimits
  changes: TeamChanges
  clock: Clock
  openSession: (personId: string, origin: SignInOrigin) => SignedIn
}

/** Sign-in at an OpenID provider: authorization code with PKCE, state and nonce. */
export interface OauthSignIn {
  start(providerId: string, redirectUrl: string): Promise<{ url: string; cookie: string }>
  finish(providerId: string, currentUrl: string, cookie: string, origin: SignInOrigin): Promise<SignedIn>
}

export function createOauthSignIn(options: OauthSignInOptions): OauthSignIn {
  const { storage, providers, discover, sealed, tokens, admission, limits, changes, clock, openSession } = options

  async function readCookie(providerId: string, cookie: string): Promise<z.infer<typeof startedSchema>> {
    const started = startedSchema.safeParse(await sealed.open(PURPOSE, cookie))
    if (started.success && started.data.providerId === providerId) return started.data
    throw new EngineError('auth_failed', 'The sign-in took too long or began in another browser. Start it again.', {
      param: 'cookie',
    })
  }

  async function exchange(provider: OpenProvider, currentUrl: string, cookie: string) {
    const started = await readCookie(provider.id, cookie)
    const configuration = await discover(provider)
    // The provider compares this with where it sent the browser, whatever name the browser has for us now.
    const answered = new URL(started.redirectUrl)
    answered.search = new URL(currentUrl).search
    try {
      const answer = await oidc.authorizationCodeGrant(configuration, answered, {
        pkceCodeVerifier: started.verifier,
        expectedState: started.state,
        expectedNonce: started.nonce,
        idTokenExpected: true,
      })
      return { answer, claims: await claimsOf(configuration, answer) }
    } catch (error) {
      throw toOauthError(error, provider.name)
    }
  }

  /** Finds or makes the account. In one transaction with its link. */
  function settle(provider: OpenProvider, claims: Claims, sealedTokens: string, address: string): string {
    return storage.write(() => {
      const known = storage.oauth.link(provider.id, claims.iss, claims.sub)
      const personId = known?.personId ?? accountFor(provider, claims, address)
      storage.oauth.saveLink({
        providerId: provider.id,
        issuer: claims.iss,
        subject: claims.sub,
        personId,
        tokens: sealedTokens,
        signedInAt: inSeconds(clock.now()),
      })
      return personId
    })
  }

  function accountFor(provider: OpenProvider, claims: Claims, address: string): string {
    const email = claims.email?.trim().toLowerCase() ?? ''
    if (!isEmail(email) || email.length > 320) {
      throw new EngineError(
        'auth_failed',
        `${provider.name} did not tell an e-mail address. An administrator has to add "email" to its scopes.`,
        { param: 'email' },
      )
    }
    if (claims.email_verified === false) {
      throw new EngineError(
        'forbidden',
        `The e-mail address is not verified at ${provider.name}. Verify it there first.`,
        {
          param: 'email',
        },
      )
    }
    const emailProven = claims.email_verified === true
    const existing = storage.people.findByEmail(email)
    if (existing === null) {
      const name = (claims.name?.trim() || claims.preferred_username?.trim() || email.split('@', 1)[0]) ?? email
      const profileImageUrl = /^https:\/\/\S{1,2000}$/.test(claims.picture ?? '') ? (claims.picture ?? '') : ''
      return admission.admit(
        { name: name.slice(0, 200), email, emailProven, profileImageUrl, passwordHash: null },
        null,
        address,
      )
    }
    if (!emailProven) {
      throw new EngineError(
        'conflict',
        `There is an account with this e-mail address already, and ${provider.name} does not say that it is yours. Sign in as you did before.`,
        { param: 'email' },
      )
    }
    if (!existing.emailProven) takeOver(existing)
    return existing.id
  }

  /** Somebody made this account with an address that they never proved to have; now its owner is here. */
  function takeOver({ id }: StoredPerson): void {
    storage.people.update(id, { passwordHash: null, emailProven: true }, inSeconds(clock.now()))
    storage.sessions.removeOfPerson(id, null)
    storage.apiKeys.removeOfPerson(id)
  }

  return {
    async start(providerId, redirectUrl) {
      const provider = await providers.open(providerId)
      const configuration = await discover(provider)
      const verifier = oidc.randomPKCECodeVerifier()
      const state = oidc.randomState()
      const nonce = oidc.randomNonce()
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUrl,
        scope: provider.scopes,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      const cookie = await sealed.seal(PURPOSE, { providerId, redirectUrl, state, nonce, verifier }, TIME_TO_SIGN_IN_S)
      return { url: url.href, cookie }
    },

    async finish(providerId, currentUrl, cookie, origin) {
      const provider = await providers.open(providerId)
      return limits.attempt(null, origin.address, async () => {
        const { answer, claims } = await exchange(provider, currentUrl, cookie)
        const isKnown = storage.oauth.link(provider.id, claims.iss, claims.sub) !== null
        if (!isKnown) await limits.newAccount(origin.address)
        const link = { providerId: provider.id, issuer: claims.iss, subject: claims.sub }
        const personId = settle(provider, claims, await tokens.seal(link, answer), origin.address)
        if (isKnown) changes.forget()
        else changes.changed()
        return openSession(personId, origin)
      })
    },
  }
}

/** Some providers tell the e-mail address only when asked for the user info. */
async function claimsOf(
  configuration: oidc.Configuration,
  answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
): Promise<Claims> {
  const fromToken = answer.claims()
  if (fromToken === undefined) throw new oidc.ClientError('there is no ID token in the answer')
  const endpoint = configuration.serverMetadata().userinfo_endpoint
  if (typeof fromToken.email === 'string' || endpoint === undefined) return claimsSchema.parse(fromToken)
  const more = await oidc.fetchUserInfo(configuration, answer.access_token, fromToken.sub)
  return claimsSchema.parse({ ...more, ...fromToken })
}
