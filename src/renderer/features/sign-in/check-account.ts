import { MAX_PASSWORD_BYTES, MIN_PASSWORD } from '#shared/team.ts'

/** What a person typed for a new account. */
export interface AccountDraft {
  name: string
  email: string
  password: string
}

export const EMPTY_ACCOUNT: AccountDraft = { name: '', email: '', password: '' }

export type PasswordFlaw = 'short' | 'long'

/** Why a password cannot be taken; null if it can. The server says the same, after a way there and back. */
export function passwordFlaw(password: string): PasswordFlaw | null {
  if (password.length < MIN_PASSWORD) return 'short'
  return new TextEncoder().encode(password).length > MAX_PASSWORD_BYTES ? 'long' : null
}

/** Whether a text could be an e-mail address: something, an @, and something. */
export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text.trim())
}

export type AccountFlaw = { field: 'name' | 'email' } | { field: 'password'; flaw: PasswordFlaw }

/** The first thing that is wrong with a new account; null if nothing is. */
export function accountFlaw(draft: AccountDraft): AccountFlaw | null {
  if (draft.name.trim() === '') return { field: 'name' }
  if (!looksLikeEmail(draft.email)) return { field: 'email' }
  const flaw = passwordFlaw(draft.password)
  return flaw === null ? null : { field: 'password', flaw }
}
