import type { ConnectionInput } from '../../../src/shared/connections.ts'
import { type HttpAnswer, http, post } from '../http-client.ts'
import { type ServeProcess, startServe } from '../serve-process.ts'
import { until } from '../until.ts'

/** One account of a team under test. */
export interface Member {
  id: string
  name: string
  email: string
  /** The session's token. */
  token: string
}

/** A built server on which nobody is the owner without signing in, with an administrator. */
export interface TeamServer {
  serve: ServeProcess
  port: number
  admin: Member
  /** Adds an account by the administrator, and signs it in. */
  add(name: string, role: 'user' | 'pending' | 'admin'): Promise<Member>
  get(path: string, token: string | null, headers?: Record<string, string>): Promise<HttpAnswer>
  send(path: string, body: unknown, token: string | null, headers?: Record<string, string>): Promise<HttpAnswer>
  remove(path: string, token: string | null): Promise<HttpAnswer>
  /** As `send`, but fails the test unless it is answered with 200; the parsed body. */
  expectOk(path: string, body: unknown, token: string | null): Promise<Record<string, unknown>>
  /** A call of the window's contract. */
  rpc(path: string, input: unknown, token: string | null): Promise<HttpAnswer>
  /** Connects a server and waits until one of its models is listed. */
  connect(input: ConnectionInput, model: string): Promise<string>
}

export const PASSWORD = 'correct horse battery'

/** Starts the built server with WEBUI_AUTH and its first account. */
export async function startTeamServer(env: Record<string, string> = {}): Promise<TeamServer> {
  const serve = await startServe({
    env: { WEBUI_AUTH: 'true', ENABLE_API_KEYS: 'true', SWITCHYARD_MDNS: 'off', ...env },
  })
  const port = Number(new URL(serve.url).port)
  const as = (token: string | null): Record<string, string> =>
    token === null ? {} : { authorization: `Bearer ${token}` }
  const get: TeamServer['get'] = (path, token, headers = {}) =>
    http(port, path, { headers: { ...as(token), ...headers } })
  const send: TeamServer['send'] = (path, body, token, headers = {}) =>
    post(port, path, body, { ...as(token), ...headers })
  const expectOk: TeamServer['expectOk'] = async (path, body, token) => {
    const answer = await send(path, body, token)
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`)
    return JSON.parse(answer.body) as Record<string, unknown>
  }
  const rpc: TeamServer['rpc'] = (path, input, token) =>
    send(`/rpc/${path.replaceAll('.', '/')}`, input === undefined ? {} : { json: input }, token)
  const memberOf = (name: string, email: string, signedIn: Record<string, unknown>): Member => ({
    id: String(signedIn.id),
    name,
    email,
    token: String(signedIn.token),
  })
  const first = await expectOk(
    '/api/v1/auths/signup',
    { name: 'Ada', email: 'ada@example.com', password: PASSWORD, profile_image_url: '' },
    null,
  )
  const admin = memberOf('Ada', 'ada@example.com', first)
  return {
    serve,
    port,
    admin,
    get,
    send,
    remove: (path, token) => http(port, path, { method: 'DELETE', headers: as(token) }),
    expectOk,
    rpc,
    async add(name, role) {
      const email = `${name.toLowerCase()}@example.com`
      await expectOk('/api/v1/auths/add', { name, email, password: PASSWORD, role, profile_image_url: '' }, admin.token)
      return memberOf(name, email, await expectOk('/api/v1/auths/signin', { email, password: PASSWORD }, null))
    },
    async connect(input, model) {
      const made = await rpc('connections.create', input, admin.token)
      if (made.status !== 200) throw new Error(`connecting answered ${made.status}: ${made.body}`)
      await until(`${model} is listed`, async () => {
        const { body } = await get('/v1/models', admin.token)
        return body.includes(`"${model}"`) || null
      })
      return String((JSON.parse(made.body) as { json: { id: string } }).json.id)
    },
  }
}
