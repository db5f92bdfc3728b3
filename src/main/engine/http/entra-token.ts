import type { Clock } from '../spec/clock.ts'
import { EngineError } from '../spec/engine-error.ts'

const SCOPE = 'https://cognitiveservices.azure.com/.default'
/** A token is fetched anew this long before it ends, ms. */
const EARLY_MS = 5 * 60_000

interface Credential {
  getToken(scope: string): Promise<{ token: string; expiresOnTimestamp: number } | null>
}

/** @azure/identity is large, and few need it: it is loaded with the first token. */
async function defaultCredential(): Promise<Credential> {
  const { DefaultAzureCredential } = await import('@azure/identity')
  return new DefaultAzureCredential()
}

/**
 * Tokens of the machine's Microsoft Entra identity (environment, managed identity, az login), kept until shortly before
 * they end. Fails with `auth_failed`.
 */
export function createEntraToken(
  clock: Clock,
  open: () => Promise<Credential> = defaultCredential,
): () => Promise<string> {
  let credential: Promise<Credential> | null = null
  let known: { token: string; until: number } | null = null
  let asking: Promise<string> | null = null

  async function ask(): Promise<string> {
    try {
      credential ??= open()
      const answer = await (await credential).getToken(SCOPE)
      if (answer === null) throw new Error('No credential gave a token.')
      known = { token: answer.token, until: answer.expiresOnTimestamp - EARLY_MS }
      return answer.token
    } catch (error) {
      throw new EngineError(
        'auth_failed',
        'No Microsoft Entra ID token could be got on this machine. Sign in with "az login", or set AZURE_TENANT_ID, ' +
          'AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
        { cause: error, detail: (error instanceof Error ? error.message : String(error)).slice(0, 4_000) },
      )
    }
  }

  return () => {
    if (known !== null && clock.now() < known.until) return Promise.resolve(known.token)
    asking ??= ask().finally(() => {
      asking = null
    })
    return asking
  }
}
