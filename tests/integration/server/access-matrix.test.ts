import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENT_DIALECTS } from '../../support/acceptance/client-dialects.ts'
import { type Member, startTeamServer, type TeamServer } from '../../support/acceptance/team-server.ts'
import type { HttpAnswer } from '../../support/http-client.ts'
import { scriptedOpenAiModel } from '../../support/upstreams/openai-answers.ts'
import { type OpenAiUpstream, startOpenAiUpstream } from '../../support/upstreams/openai-upstream.ts'

/**
 * Everyone x everything x every kind of sharing, on the built server over HTTP. A cell is allowed and works, or it looks
 * in every way like the same question about a model that nobody has.
 */
const PEOPLE = [
  'owner',
  'reader',
  'writer',
  'group-member',
  'other',
  'admin',
  'pending',
  'anonymous',
  'revoked',
] as const
type Person = (typeof PEOPLE)[number]
const KINDS = ['public', 'private', 'custom', 'chained'] as const
type Kind = (typeof KINDS)[number]

/** `chained` stands on `private`: whoever may read it alone still may not use it. */
const USES: Record<Kind, readonly Person[]> = {
  public: ['owner', 'reader', 'writer', 'group-member', 'other', 'admin'],
  private: ['owner', 'admin'],
  custom: ['owner', 'reader', 'group-member', 'admin'],
  chained: ['owner', 'admin'],
}
/** Who may see the record itself: also those who may only write it. */
const SEES: Record<Kind, readonly Person[]> = {
  public: USES.public,
  private: ['owner', 'admin'],
  custom: ['owner', 'reader', 'writer', 'group-member', 'admin'],
  chained: ['owner', 'reader', 'writer', 'group-member', 'admin'],
}
const WRITES: Record<Kind, readonly Person[]> = {
  public: ['owner', 'admin'],
  private: ['owner', 'admin'],
  custom: ['owner', 'writer', 'admin'],
  chained: ['owner', 'writer', 'admin'],
}

const BASE = 'up.some-chat'
/** Of the same length, so that lengths tell nothing either. */
const idOf = (kind: Kind | 'ghost'): string => `team/${kind.padEnd(8, '-')}:1`
const GHOST = idOf('ghost')

let team: TeamServer
let upstream: OpenAiUpstream
const tokens = new Map<Person, string | null>()

beforeAll(async () => {
  upstream = await startOpenAiUpstream({
    flavour: 'compatible',
    models: [scriptedOpenAiModel('some-chat')],
  })
  team = await startTeamServer()
  await team.connect(
    { provider: 'openai', baseUrl: upstream.baseUrl, prefixId: 'up', visibility: 'everyone', probeSeconds: 3_600 },
    BASE,
  )
  const people = new Map<string, Member>()
  for (const name of ['owner', 'reader', 'writer', 'group-member', 'other'])
    people.set(name, await team.add(name, 'user'))
  const pending = await team.add('pending', 'pending')
  const leaver = await team.add('leaver', 'user')
  const id = (name: string): string => people.get(name)?.id ?? ''
  for (const [name, member] of people) tokens.set(name as Person, member.token)
  tokens.set('admin', team.admin.token)
  tokens.set('pending', pending.token)
  tokens.set('anonymous', null)

  await team.expectOk(
    '/api/v1/users/default/permissions',
    {
      workspace: { models: true, models_import: true, models_export: true },
      sharing: { models: true, public_models: true },
      access_grants: { allow_users: true, allow_groups: true },
      features: { api_keys: true },
    },
    team.admin.token,
  )
  const key = await team.expectOk('/api/v1/auths/api_key', {}, leaver.token)
  const known = await team.get('/v1/models', String(key.api_key))
  expect(known.status).toBe(200)
  expect((await team.remove('/api/v1/auths/api_key', leaver.token)).status).toBe(200)
  tokens.set('revoked', String(key.api_key))

  const group = await team.expectOk('/api/v1/groups/create', { name: 'Readers', description: '' }, team.admin.token)
  await team.expectOk(
    `/api/v1/groups/id/${String(group.id)}/users/add`,
    { user_ids: [id('group-member')] },
    team.admin.token,
  )
  const custom = [
    { principal_type: 'user', principal_id: id('reader'), permission: 'read' },
    { principal_type: 'user', principal_id: id('writer'), permission: 'write' },
    { principal_type: 'group', principal_id: String(group.id), permission: 'read' },
  ]
  const grants: Record<Kind, unknown[]> = {
    public: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
    private: [],
    custom,
    chained: custom,
  }
  for (const kind of KINDS) {
    await team.expectOk(
      '/api/v1/models/create',
      {
        id: idOf(kind),
        base_model_id: kind === 'chained' ? idOf('private') : BASE,
        name: `The ${kind} one`,
        params: { temperature: 0.3 },
        meta: { description: `${kind} words` },
        access_grants: grants[kind],
      },
      tokens.get('owner') ?? null,
    )
  }
})
afterAll(async () => {
  await team?.serve.end()
  await upstream?.stop()
})

/** What could tell two answers apart, without what differs between any two requests. */
function looks({ status, headers, body }: HttpAnswer, id: string): object {
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(date|x-request-id|request-id|x-process-time|etag|keep-alive|connection)$/.test(name),
  )
  const plain = body
    .replaceAll(id, '<id>')
    .replaceAll(encodeURIComponent(id), '<id>')
    .replaceAll(/req_[0-9a-f]{32}/g, '<request>')
    .replaceAll(/"created(_at)?":"?[^",}]+"?/g, '')
  return {
    status,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value).replaceAll(id, '<id>')])),
    body: plain,
  }
}

type Ask = (id: string, token: string | null) => Promise<HttpAnswer>

const chatWays: [string, Ask][] = CLIENT_DIALECTS.flatMap((dialect) =>
  [false, true].map((stream): [string, Ask] => [
    `chat, ${dialect.name}, ${stream ? 'streamed' : 'whole'}`,
    (id, token) => team.send(dialect.path, dialect.body(id, 'Hello', stream), token),
  ]),
)
const otherUses: [string, Ask][] = [
  ['chat, /openai', (id, token) => team.send('/openai/chat/completions', chat(id), token)],
  ['chat, /ollama', (id, token) => team.send('/ollama/api/chat', { ...chat(id), stream: false }, token)],
  ['generate', (id, token) => team.send('/api/generate', { model: id, prompt: 'Hello', stream: false }, token)],
  ['count tokens', (id, token) => team.send('/v1/messages/count_tokens', { ...chat(id), max_tokens: 5 }, token)],
  ['embeddings, openai', (id, token) => team.send('/v1/embeddings', { model: id, input: 'Hello' }, token)],
  ['embeddings, ollama', (id, token) => team.send('/api/embed', { model: id, input: 'Hello' }, token)],
  ['embeddings, open-webui', (id, token) => team.send('/api/embeddings', { model: id, input: 'Hello' }, token)],
  ['show', (id, token) => team.send('/api/show', { model: id }, token)],
  ['one model', (id, token) => team.get(`/v1/models/${encodeURIComponent(id)}`, token)],
]

function chat(model: string): Record<string, unknown> {
  return { model, messages: [{ role: 'user', content: 'Hello' }] }
}

const cells = PEOPLE.flatMap((person) => KINDS.map((kind) => ({ person, kind })))

describe.each(cells)('$person and the $kind model', ({ person, kind }) => {
  const token = (): string | null => tokens.get(person) ?? null
  const uses = USES[kind].includes(person)
  const sees = SEES[kind].includes(person)
  const writes = WRITES[kind].includes(person)

  it.each([
    ['openai', '/v1/models', {}],
    ['ollama', '/api/tags', {}],
    ['anthropic', '/v1/models', { 'anthropic-version': '2023-06-01' }],
    ['open-webui', '/api/models', {}],
    ['open-webui proxy', '/openai/models', {}],
    ['open-webui ollama', '/ollama/api/tags', {}],
  ])('list, %s', async (_name, path, headers: Record<string, string>) => {
    const answer = await team.get(path, token(), headers)
    if (['pending', 'anonymous', 'revoked'].includes(person)) {
      expect(answer.status).toBe(401)
      for (const each of KINDS) expect(answer.body).not.toContain(idOf(each))
      return
    }
    expect(answer.status).toBe(200)
    // The proxies' lists hold their own family's base models; presets stand in the others.
    if (path.startsWith('/o')) return
    expect(answer.body.includes(idOf(kind))).toBe(uses)
    if (!uses) expect(answer.body).not.toContain(`The ${kind} one`)
  })

  it.each(chatWays)('%s', async (_name, ask) => {
    const answer = await ask(idOf(kind), token())
    if (uses) expect(answer.status, answer.body).toBe(200)
    else expect(looks(answer, idOf(kind))).toEqual(looks(await ask(GHOST, token()), GHOST))
  })

  it.each(otherUses)('%s', async (_name, ask) => {
    const answer = await ask(idOf(kind), token())
    if (!uses) {
      expect(looks(answer, idOf(kind))).toEqual(looks(await ask(GHOST, token()), GHOST))
    } else expect(answer.status, answer.body).not.toBe(401)
  })

  it('read the record', async () => {
    const ask: Ask = (id, by) => team.get(`/api/v1/models/model?id=${encodeURIComponent(id)}`, by)
    const answer = await ask(idOf(kind), token())
    if (sees) expect(JSON.parse(answer.body)).toMatchObject({ id: idOf(kind) })
    else expect(looks(answer, idOf(kind))).toEqual(looks(await ask(GHOST, token()), GHOST))
    if (sees && !writes) expect(JSON.parse(answer.body)).toMatchObject({ params: {} })
  })

  it('find the record in the workspace', async () => {
    const answer = await team.get('/api/v1/models/list', token())
    if (!SEES.public.includes(person)) return expect(answer.status).toBe(401)
    const { items } = JSON.parse(answer.body) as { items: { id: string }[] }
    expect(items.some(({ id }) => id === idOf(kind))).toBe(sees)
  })

  it('find it by searching for its words', async () => {
    const answer = await team.get(`/api/v1/models/list?query=${kind}`, token())
    if (!SEES.public.includes(person)) return expect(answer.status).toBe(401)
    expect(JSON.parse(answer.body)).toMatchObject({ total: sees ? 1 : 0 })
  })

  it.each<[string, Ask]>([
    [
      'update',
      (id, by) =>
        team.send(
          `/api/v1/models/model/update?id=${encodeURIComponent(id)}`,
          {
            id,
            base_model_id: id === idOf('chained') ? idOf('private') : BASE,
            name: `The ${kind} one`,
            params: { temperature: 0.3 },
            meta: { description: `${kind} words` },
          },
          by,
        ),
    ],
    ['toggle', (id, by) => team.send(`/api/v1/models/model/toggle?id=${encodeURIComponent(id)}`, {}, by)],
  ])('%s', async (name, ask) => {
    const answer = await ask(idOf(kind), token())
    if (writes) {
      expect(answer.status, answer.body).toBe(200)
      if (name === 'toggle') expect((await ask(idOf(kind), token())).status).toBe(200)
    } else if (!sees) {
      expect(looks(answer, idOf(kind))).toEqual(looks(await ask(GHOST, token()), GHOST))
    } else expect([400, 401, 403]).toContain(answer.status)
  })

  it('export', async () => {
    const answer = await team.get('/api/v1/models/export', token())
    if (!SEES.public.includes(person)) return expect(answer.status).toBe(401)
    // By id: a chained record names its base also to those who may not see that one.
    const records = JSON.parse(answer.body) as { id: string }[]
    expect(records.some(({ id }) => id === idOf(kind))).toBe(writes)
  })

  it('share', async () => {
    const ask: Ask = async (id, by) => {
      // The same grants again: sharing that changes nothing for the other cells.
      const record = await team.get(`/api/v1/models/model?id=${encodeURIComponent(id)}`, team.admin.token)
      const grants =
        record.status === 200 ? (JSON.parse(record.body) as { access_grants: unknown[] }).access_grants : []
      return team.send('/api/v1/models/model/access/update', { id, access_grants: grants }, by)
    }
    const answer = await ask(idOf(kind), token())
    if (writes) expect(answer.status, answer.body).toBe(200)
    else if (!sees) {
      // An administrator may share a model that has no record yet; nobody here is one.
      expect(looks(answer, idOf(kind))).toEqual(looks(await ask(GHOST, token()), GHOST))
    } else expect([400, 401, 403]).toContain(answer.status)
  })

  it('delete', async () => {
    const ask: Ask = (id, by) => team.send('/api/v1/models/model/delete', { id }, by)
    if (writes) {
      // Another of the same kind goes, so that the matrix keeps its models.
      const copy = `${idOf(kind)}-copy-${person}`
      const record = JSON.parse(
        (await team.get(`/api/v1/models/model?id=${encodeURIComponent(idOf(kind))}`, team.admin.token)).body,
      ) as Record<string, unknown>
      await team.expectOk('/api/v1/models/create', { ...record, id: copy }, tokens.get('owner') ?? null)
      expect((await ask(copy, token())).status).toBe(200)
      expect((await team.get('/api/v1/models/list?query=copy', team.admin.token)).body).not.toContain(copy)
      return
    }
    const answer = await ask(idOf(kind), token())
    if (!sees) expect(looks(answer, idOf(kind))).toEqual(looks(await ask(GHOST, token()), GHOST))
    else expect([400, 401, 403]).toContain(answer.status)
    const still = await team.get(`/api/v1/models/model?id=${encodeURIComponent(idOf(kind))}`, team.admin.token)
    expect(still.status).toBe(200)
  })

  it('the window', async () => {
    const answer = await team.rpc('presets.get', { id: idOf(kind) }, token())
    if (sees) expect(answer.status, answer.body).toBe(200)
    else {
      const ghost = await team.rpc('presets.get', { id: GHOST }, token())
      expect(looks(answer, idOf(kind))).toEqual(looks(ghost, GHOST))
    }
  })
})

it('nobody reached the upstream who may not', () => {
  // Every request that came there was one of an allowed cell: none names what only forbidden people asked for.
  expect(upstream.requests.length).toBeGreaterThan(0)
  expect(upstream.requests.filter((request) => JSON.stringify(request).includes('team/'))).toEqual([])
})
