import { sessionChanged } from './session.ts'

/** The server refused an account call; `message` is its sentence, for people. */
export class AccountRefusal extends Error {
  override name = 'AccountRefusal'
  readonly status: number
  /** Epoch ms from which trying again makes sense; null if the server did not say. */
  readonly retryAt: number | null

  constructor(message: string, status: number, retryAt: number | null) {
    super(message)
    this.status = status
    this.retryAt = retryAt
  }
}

/** Signs in; the server keeps the session in a cookie that scripts cannot read. Rejects with AccountRefusal. */
export async function signIn(email: string, password: string): Promise<void> {
  await post('signin', { email, password })
  await sessionChanged()
}

/**
 * Makes an account and signs in with it; the window is told by `sessionChanged`. `invite` is the secret at the end of an
 * invitation's link.
 */
export async function signUp(account: {
  name: string
  email: string
  password: string
  invite?: string
}): Promise<void> {
  await post('signup', account)
}

/** Ends this browser's session. */
export async function signOut(): Promise<void> {
  await post('signout', {})
}

/** Changes the password of whoever is signed in. */
export async function changePassword(current: string, next: string): Promise<void> {
  await post('update/password', { password: current, new_password: next })
}

/** Changes the name of whoever is signed in; the picture stays. */
export async function changeName(name: string, profileImageUrl: string): Promise<void> {
  await post('update/profile', { name, profile_image_url: profileImageUrl })
  await sessionChanged()
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`/api/v1/auths/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.ok) return
  throw new AccountRefusal(await sentenceOf(response), response.status, retryAt(response))
}

/** The server's own sentence, `{"detail": "..."}`; empty if it gave none. */
async function sentenceOf(response: Response): Promise<string> {
  try {
    const answer: unknown = await response.json()
    if (typeof answer === 'object' && answer !== null && 'detail' in answer) return String(answer.detail)
    return ''
  } catch {
    // Not JSON: something between us and the server answered. The status tells enough.
    return ''
  }
}

function retryAt(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? Date.now() + seconds * 1000 : null
}
