import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { EngineError } from '../spec/engine-error.ts'

const WINDOW_S = 180
const TRIES_PER_ACCOUNT = 15
const TRIES_PER_ADDRESS = 60
const ACCOUNTS_PER_ADDRESS = 100

/** How often somebody may fail. Kept in memory: a restart forgives. */
export interface SignInLimits {
  /**
   * Counts the try, runs it, and takes the count back if it succeeds, so that also tries at the same moment are counted.
   * `account` is an e-mail address or an id; null where only the network address counts.
   * Throws `rate_limited` without running it.
   */
  attempt<Result>(account: string | null, address: string, run: () => Promise<Result>): Promise<Result>
  /** Counts an account that is about to be made. Throws `rate_limited`. */
  newAccount(address: string): Promise<void>
}

/** 15 failures in 180 s per account, 60 per network address. */
export function createSignInLimits(): SignInLimits {
  const byAccount = new RateLimiterMemory({ points: TRIES_PER_ACCOUNT, duration: WINDOW_S })
  const byAddress = new RateLimiterMemory({ points: TRIES_PER_ADDRESS, duration: WINDOW_S })
  const newByAddress = new RateLimiterMemory({ points: ACCOUNTS_PER_ADDRESS, duration: WINDOW_S })

  return {
    async attempt(account, address, run) {
      await consume(byAddress, address)
      if (account !== null) await consume(byAccount, account)
      const result = await run()
      await byAddress.reward(address)
      if (account !== null) await byAccount.reward(account)
      return result
    },
    newAccount: (address) => consume(newByAddress, address),
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
    throw new EngineError('rate_limited', `There were too many tries. Try again in ${wait(seconds)}.`, {
      // Where every dialect looks for what goes into the header Retry-After.
      upstream: { provider: 'switchyard', retryAfter: String(seconds) },
    })
  }
}

function wait(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
