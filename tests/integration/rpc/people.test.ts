import { safe } from '@orpc/client'
import { describe, expect, test } from 'vitest'
import { ANONYMOUS, OWNER, type Principal } from '../../../src/main/engine/spec/principal.ts'
import { levelOf } from '../../../src/main/rpc/procedure-levels.ts'
import { DEFAULT_PERMISSIONS } from '../../../src/shared/access.ts'
import type { UiEvent } from '../../../src/shared/app-info.ts'
import { contract } from '../../../src/shared/contract.ts'
import { testPerson } from '../../support/chat-rights.ts'
import type { ContractClient } from '../../support/contract-client.ts'
import { baseModel, input, maker } from '../../support/test-presets.ts'
import { until } from '../../support/until.ts'
import { plant } from '../../unit/team/open-team.ts'
import { openRpc, STATUS } from './open-rpc.ts'

const ADMIN = testPerson('ada', { role: 'admin' })
const BEN = testPerson('ben')
const CEM = testPerson('cem')

/** Why a call was refused: the engine's code, or oRPC's for bad input. */
async function codeOf(call: Promise<unknown>): Promise<string | null> {
  const { error } = await safe(call)
  if (error === null) return null
  const data = (error as { data?: { code?: string } }).data
  return data?.code ?? (error as { code?: string }).code ?? String(error)
}

describe('who may call', () => {
  const paths = Object.entries(contract).flatMap(([area, names]) => Object.keys(names).map((name) => `${area}/${name}`))

  test.each<[string, Principal, string[], number]>([
    ['a stranger', ANONYMOUS, ['signed-in', 'member', 'admin'], 401],
    ['someone who waits', testPerson('dan', { role: 'pending' }), ['member', 'admin'], 403],
    ['a person', BEN, ['admin'], 403],
  ])('%s is refused before anything of the body is looked at', async (_who, principal, levels, status) => {
    const url = await openRpc().serve(() => principal)
    for (const path of paths) {
      const level = levelOf(path.split('/'))
      if (level === null || !levels.includes(level)) continue
      const answer = await fetch(`${url}/rpc/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{ not json',
      })
      expect([path, answer.status]).toEqual([path, status])
      expect(await answer.text(), path).toContain(status === 401 ? 'auth_failed' : 'forbidden')
    }
  })

  test('the way is refused as the client reads it, also under other spellings of its path', async () => {
    const { as, serve } = openRpc()
    const client = await as(BEN)
    const { error } = await safe(client.connections.list())
    expect(error).toMatchObject({ code: 'ENGINE', data: { code: 'forbidden', message: /administrator/ } })
    const url = await serve(() => BEN)
    for (const path of ['connections/%6cist', 'connections/list?x=1', 'connections/list/']) {
      const answer = await fetch(`${url}/rpc/${path}`, { method: 'POST' })
      expect(await answer.text(), path).not.toContain('The box')
    }
  })
})

describe('conversations over the contract', () => {
  test('two people have their own, and neither hears of the other’s', async () => {
    const test = openRpc()
    const [ben, cem] = [await test.as(BEN), await test.as(CEM)]
    const { id } = await ben.chats.create({})
    expect((await ben.chats.list({})).map((each) => each.id)).toEqual([id])
    expect(await cem.chats.list({})).toEqual([])
    expect(await codeOf(cem.chats.thread({ id }))).toBe('not_found')
    expect(await codeOf(cem.chats.remove({ id }))).toBe('not_found')

    const heard = await Promise.all([follow(test, ben), follow(test, cem)])
    test.emit({ type: 'chats:changed', conversationId: id, ownerId: 'ben' })
    test.emit({ type: 'chats:changed', conversationId: 'cems', ownerId: 'cem' })
    test.emit({ type: 'connections:changed' })
    test.emit({ type: 'models:changed' })
    const [bens, cems] = await Promise.all(heard.map((each) => each.untilModels()))
    expect(bens).toEqual([{ type: 'chats:changed', conversationId: id }, { type: 'models:changed' }])
    expect(cems).toEqual([{ type: 'chats:changed', conversationId: 'cems' }, { type: 'models:changed' }])
  })

  test('the owner’s window hears nothing of people’s chats, and everything of the instance', async () => {
    const test = openRpc()
    const owner = await follow(test, await test.as(OWNER))
    test.emit({ type: 'chats:changed', conversationId: 'bens', ownerId: 'ben' })
    test.emit({ type: 'connections:changed' })
    test.emit({ type: 'models:changed' })
    expect(await owner.untilModels()).toEqual([{ type: 'connections:changed' }, { type: 'models:changed' }])
  })

  test('the events of someone who may not use the app any more end', async () => {
    const test = openRpc()
    const id = plant(test.team.storage, { name: 'Eve' })
    const events = await (await test.as(test.team.team.principalOf(id))).app.events()
    await events.next()
    await until('a listener', () => test.listening() === 1 || null)
    await test.team.team.updatePerson(id, { role: 'pending' }, OWNER)
    test.emit({ type: 'team:changed' })
    expect((await events.next()).value).toEqual({ type: 'team:changed' })
    expect((await events.next()).done).toBe(true)
    expect(test.listening()).toBe(0)
  })

  test('the events of a session that was ended elsewhere end', async () => {
    const test = openRpc()
    const { team } = test.team
    await team.addPerson({ name: 'Eve', email: 'eve@example.org', password: 'correct horse', role: 'user' }, OWNER)
    const origin = { address: '127.0.0.1', userAgent: '' }
    const [ended, kept] = await Promise.all(
      [1, 2].map(async () => {
        const { token } = await team.signIn('eve@example.org', 'correct horse', origin)
        const answer = team.authenticate(token)
        if (!answer.ok) throw new Error('a fresh session is not known')
        const events = await (await test.as(answer.principal)).app.events()
        await events.next()
        return { events, sessionId: answer.principal.sessionId ?? '' }
      }),
    )
    await until('both listen', () => test.listening() === 2 || null)
    team.signOut(ended?.sessionId ?? '')
    test.emit({ type: 'team:changed' })
    expect((await ended?.events.next())?.value).toEqual({ type: 'team:changed' })
    expect((await ended?.events.next())?.done).toBe(true)
    expect((await kept?.events.next())?.value).toEqual({ type: 'team:changed' })
    expect(test.listening()).toBe(1)
    await kept?.events.return?.(undefined)
  })
})

interface Heard {
  /** What came after the status, up to the word about models. */
  untilModels(): Promise<UiEvent[]>
}

async function follow(test: ReturnType<typeof openRpc>, client: ContractClient): Promise<Heard> {
  const before = test.listening()
  const events = await client.app.events()
  const first = await events.next()
  expect(first.value).toMatchObject({ type: 'status:changed' })
  await until('a listener', () => test.listening() > before || null)
  return {
    async untilModels() {
      const heard: UiEvent[] = []
      for await (const event of events) {
        heard.push(event)
        if (event.type === 'models:changed') break
      }
      return heard
    },
  }
}

describe('what people who are not administrators see of the instance', () => {
  test('their window’s needs, without folders, hardware, and names of what is not theirs', async () => {
    const test = openRpc()
    test.chats.settings.update({ defaultModelId: 'secret-model', modelFolders: ['/home/ada/models'], theme: 'dark' })
    const [ben, ada] = [await test.as(BEN), await test.as(ADMIN)]
    const seen = { info: await ben.app.info(), status: await ben.app.status(), settings: await ben.settings.get() }
    expect(JSON.stringify(seen)).not.toMatch(/home|A CPU|secret-model|127\.0\.0\.1|connections-down/)
    expect(seen.info).toMatchObject({ version: '9.9.9', gatewayUrl: 'https://box.local:4748/' })
    expect(seen.settings.values).toMatchObject({ theme: 'system', defaultModelId: null, welcomed: true })
    expect(await ada.app.status()).toEqual(STATUS)
    expect((await ada.settings.get()).values).toMatchObject({ theme: 'dark', defaultModelId: 'secret-model' })
    test.chats.settings.update({ defaultModelId: 'llama3:8b' })
    expect((await ben.settings.get()).values.defaultModelId).toBe('llama3:8b')
  })

  test('only models that they may use: in the catalog, the defaults and parameters', async () => {
    const test = openRpc()
    test.presets.presets.create(
      input('helper', {
        name: 'Helper',
        grants: [{ principalType: 'user', principalId: 'ben', permission: 'read' }],
        meta: {
          description: 'Helps',
          profile_image_url: '/user.png',
          suggestion_prompts: [{ title: ['a', 'b'], content: 'Ask me' }, 'Or me'],
        },
      }),
      OWNER,
    )
    const [ben, cem] = [await test.as(BEN), await test.as(CEM)]
    expect((await ben.models.catalog()).map(({ id }) => id)).toEqual(['llama3:8b', 'helper'])
    expect((await cem.models.catalog()).map(({ id }) => id)).toEqual(['llama3:8b'])
    expect((await ben.models.catalog())[1]).toMatchObject({
      id: 'helper',
      name: 'Helper',
      contextLength: 8192,
      preset: {
        baseModelId: 'llama3:8b',
        description: 'Helps',
        profileImageUrl: '/user.png',
        suggestions: ['Ask me', 'Or me'],
        ownerId: 'owner',
      },
    })
    const ada = await test.as(ADMIN)
    await ada.presets.setDefaults({
      ...(await ada.presets.defaults()),
      defaultModels: ['secret-model', 'llama3:8b'],
      order: ['secret-model'],
    })
    expect(await ben.presets.defaults()).toMatchObject({ defaultModels: ['llama3:8b'], order: [] })
    expect((await ada.presets.defaults()).defaultModels).toEqual(['secret-model', 'llama3:8b'])
    expect(await ben.presets.parameters({ baseModelId: 'secret-model' })).toEqual(
      await ben.presets.parameters({ baseModelId: 'nobody-has-this' }),
    )
  })
})

describe('presets', () => {
  test('are made, changed and shown as rows; a stranger’s are not there', async () => {
    const test = openRpc()
    const ben = await test.as(maker('ben'))
    const made = await ben.presets.create(input('mine', { params: { temperature: 0.5 } }))
    expect(made).toMatchObject({
      canWrite: true,
      state: 'ready',
      resolvedBaseId: 'llama3:8b',
      preset: { ownerId: 'ben' },
    })
    expect(await ben.presets.get({ id: 'mine' })).toEqual(made)
    expect((await ben.presets.setActive({ id: 'mine', isActive: false })).preset.isActive).toBe(false)
    const cem = await test.as(maker('cem'))
    const gone = await safe(cem.presets.get({ id: 'gone' }))
    const hidden = await safe(cem.presets.get({ id: 'mine' }))
    expect(hidden.error).toEqual(gone.error)
    expect(await codeOf(cem.presets.remove({ id: 'mine' }))).toBe('not_found')
  })

  test('the effective request of a draft, before it is saved and over a saved one', async () => {
    const test = openRpc()
    const ben = await test.as(maker('ben'))
    await ben.presets.create(input('mine', { params: { temperature: 0.5, system: 'Saved.' } }))
    const draft = input('mine', { params: { temperature: 0.9, system: 'Draft for {{USER_NAME}}.' } })
    const saved = await ben.presets.effective({ id: 'mine' })
    const drafted = await ben.presets.effective({ id: 'mine', draft, chatParams: { top_p: 0.2 } })
    expect(saved).toMatchObject({ system: 'Saved.', params: [{ name: 'temperature', value: 0.5, sourceId: 'mine' }] })
    expect(drafted.system).toBe('Draft for ben.')
    expect(drafted.params.map(({ name, value, source }) => [name, value, source])).toEqual([
      ['temperature', 0.9, 'model'],
      ['top_p', 0.2, 'chat'],
    ])
    expect((await ben.presets.effective({ id: 'new', draft: input('new') })).baseModelId).toBe('llama3:8b')
    const over = (baseModelId: string) => ben.presets.effective({ id: 'new', draft: input('new', { baseModelId }) })
    const told = async (baseModelId: string) =>
      JSON.stringify((await safe(over(baseModelId))).error).replaceAll(baseModelId, 'M')
    expect(await told('secret-model')).toContain('model_not_found')
    expect(await told('secret-model')).toBe(await told('nobody-has-this'))
    expect(await codeOf(ben.presets.effective({ id: 'secret-model' }))).toBe('model_not_found')
  })

  test('the effective request tells those who may only use a model nothing of its parameters and prompt', async () => {
    const test = openRpc()
    const params = { system: 'The trick is this.', temperature: 0.66, top_p: 0.31 }
    const grants = [{ principalType: 'user' as const, principalId: '*', permission: 'read' as const }]
    const [cem, ben, ada] = [await test.as(maker('cem')), await test.as(BEN), await test.as(ADMIN)]
    await ada.presets.setDefaults({ ...(await ada.presets.defaults()), params: { system: 'Global.', top_k: 7 } })
    await ada.presets.create(input('shared', { params, grants }))
    const told = await ben.presets.effective({ id: 'shared', chatParams: { temperature: 0.1, min_p: 0.2 } })
    expect(JSON.stringify(told)).not.toMatch(/trick|0\.66|0\.31/)
    expect(told).toMatchObject({ chain: [{ id: 'shared' }, { id: 'llama3:8b' }], system: '' })
    // The locked temperature is not shown as the chat's.
    expect(told.params.map(({ name, source }) => [name, source])).toEqual([
      ['min_p', 'chat'],
      ['top_k', 'global'],
    ])
    const draft = input('mine', { baseModelId: 'shared', params: { system: 'Mine.', temperature: 0.9 } })
    const drafted = await cem.presets.effective({ id: 'mine', draft })
    expect(JSON.stringify(drafted)).not.toMatch(/trick|0\.66|0\.31/)
    expect(drafted).toMatchObject({ system: 'Mine.', params: [{ name: 'temperature', value: 0.9 }, { name: 'top_k' }] })
    expect((await ada.presets.effective({ id: 'shared' })).system).toBe('The trick is this.')
  })

  test('trying out a draft runs on the model below with the draft’s records, and leaves nothing', async () => {
    const test = openRpc()
    const ben = await test.as(maker('ben'))
    const draft = input('idea', { params: { system: 'Be brief.' } })
    const stream = await ben.presets.tryOut({ id: 'idea', draft, prompt: 'Hello' })
    const run = await test.chats.run(0)
    run.push({ type: 'reasoning-delta', text: 'Hm' })
    run.say('Hi', ' there')
    run.finish(
      'stop',
      { promptTokens: 2, completionTokens: 5 },
      { queueMs: 0, loadMs: 0, promptMs: 1, generateMs: 100 },
    )
    const events: { type: string }[] = []
    for await (const event of stream) events.push(event)
    expect(events).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Hi' },
      { type: 'text', text: ' there' },
      { type: 'end', tokensPerSecond: 40, ttftMs: expect.any(Number) },
    ])
    expect(run.request).toMatchObject({ model: 'llama3:8b', messages: [{ role: 'user' }] })
    expect(test.ran).toMatchObject([
      {
        caller: { principal: { id: 'ben' }, via: 'ui' },
        options: { resolved: { id: 'idea', baseModelId: 'llama3:8b', changesRequests: true, chain: [{ id: 'idea' }] } },
      },
    ])
    expect(test.presets.presets.find('idea')).toBeNull()
    expect(await ben.chats.list({})).toEqual([])
    const forbidden = async (): Promise<void> => {
      const over = input('idea', { baseModelId: 'secret-model' })
      for await (const _ of await ben.presets.tryOut({ id: 'idea', draft: over, prompt: 'x' })) throw new Error('ran')
    }
    expect(await codeOf(forbidden())).toBe('model_not_found')
  })

  test('a reader who leaves ends the try-out', async () => {
    const test = openRpc()
    const leave = new AbortController()
    const client = await test.as(BEN)
    const stream = await client.presets.tryOut(
      { id: 'llama3:8b', draft: null, prompt: 'Go on' },
      { signal: leave.signal },
    )
    const run = await test.chats.run(0)
    run.say('a')
    await stream.next()
    leave.abort()
    await until('the run is told', () => run.signal.aborted || null)
    expect(test.ran[0]?.options).toBeUndefined()
  })

  test('models are made public and private in bulk; base models get a record, other grants stay', async () => {
    const test = openRpc()
    const ada = await test.as(ADMIN)
    const ben = await test.as(BEN)
    const write = { principalType: 'user', principalId: 'cem', permission: 'write' } as const
    test.presets.presets.create(input('helper', { grants: [write] }), OWNER)
    const ids = ['helper', 'secret-model', 'llama3:8b', 'nobody-has-this', 'helper']
    expect(await ada.presets.setVisibility({ ids, visibility: 'everyone' })).toEqual({ changed: 3 })
    expect(await ada.presets.setVisibility({ ids, visibility: 'everyone' })).toEqual({ changed: 0 })
    expect((await ben.models.catalog()).map(({ id }) => id)).toEqual(['llama3:8b', 'secret-model', 'helper'])
    expect(test.presets.presets.find('helper')?.grants).toContainEqual(write)
    expect(test.presets.presets.find('secret-model')).toMatchObject({ baseModelId: null, name: 'secret-model' })
    expect(await ada.presets.setVisibility({ ids, visibility: 'private' })).toEqual({ changed: 3 })
    expect(await ben.models.catalog()).toEqual([])
    expect(test.presets.presets.find('helper')?.grants).toEqual([write])
  })

  test('a record that writes its base model’s name with :latest keeps its other grants', async () => {
    const test = openRpc()
    const ada = await test.as(ADMIN)
    const write = { principalType: 'user', principalId: 'cem', permission: 'write' } as const
    test.presets.presets.create(input('secret-model:latest', { baseModelId: null, grants: [write] }), OWNER)
    expect(await ada.presets.setVisibility({ ids: ['secret-model'], visibility: 'everyone' })).toEqual({ changed: 1 })
    expect(test.presets.presets.find('secret-model:latest')?.grants).toContainEqual(write)
  })

  test('files of models and templates go out and come in; what cannot be read is named', async () => {
    const test = openRpc()
    const ben = await test.as(maker('ben'))
    await ben.presets.create(input('one', { params: { temperature: 0.5, odd_one: [1] } }))
    await ben.presets.create(input('two'))
    const text = await ben.presets.exportFile({ ids: ['one'] })
    expect(JSON.parse(text)).toMatchObject([{ id: 'one', base_model_id: 'llama3:8b', params: { odd_one: [1] } }])
    expect(JSON.parse(await ben.presets.exportFile({}))).toHaveLength(2)
    expect(await codeOf(ben.presets.exportFile({ ids: ['three'] }))).toBe('not_found')
    await ben.presets.remove({ id: 'one' })
    const file = JSON.stringify([...(JSON.parse(text) as unknown[]), { name: 'no id' }])
    expect(await ben.presets.importFile({ text: file })).toMatchObject({ created: ['one'], refused: [{ id: '#2' }] })
    expect((await ben.presets.get({ id: 'one' })).preset.params).toEqual({ temperature: 0.5, odd_one: [1] })
    expect(await codeOf(ben.presets.importFile({ text: 'no json' }))).toBe('invalid_request')

    await ben.presets.saveTemplate({ id: null, input: { name: 'Terse', description: '', params: { temperature: 0 } } })
    const templates = await ben.presets.exportTemplates()
    const cem = await test.as(maker('cem'))
    expect(
      (await cem.presets.importTemplates({ text: templates })).map(({ name, ownerId }) => [name, ownerId]),
    ).toEqual([['Terse', 'cem']])
    const { error } = await safe(cem.presets.importTemplates({ text: '{"format":"other"}' }))
    expect(error).toMatchObject({ data: { code: 'invalid_request', message: /no file of templates/ } })
  })

  test('only one’s own broken presets are shown for repair', async () => {
    const test = openRpc()
    const [ben, ada] = [await test.as(maker('ben')), await test.as(ADMIN)]
    await ben.presets.create(input('bens'))
    await ada.presets.create(input('adas'))
    test.presets.setCatalog([baseModel('other')])
    expect(await ben.presets.missingBases()).toEqual([{ baseModelId: 'llama3:8b', presetIds: ['bens'] }])
    expect((await ada.presets.missingBases())[0]?.presetIds.sort()).toEqual(['adas', 'bens'])
  })
})

describe('the team', () => {
  test('the session says who this is and what is next; nobody waiting is told nothing of others', async () => {
    const test = openRpc()
    const stranger = await (await test.as(ANONYMOUS)).team.session()
    expect(stranger).toMatchObject({ me: null, needsFirstAccount: false, encrypted: false })
    expect(await (await test.as(OWNER)).team.session()).toMatchObject({
      me: { id: 'owner', isOwner: true, role: 'admin' },
      needsFirstAccount: true,
    })
    plant(test.team.storage, { name: 'Ada', role: 'admin' })
    const waiting = plant(test.team.storage, { name: 'Wil', role: 'pending', at: 2 })
    const state = await (await test.as(test.team.team.principalOf(waiting))).team.session()
    expect(state).toMatchObject({
      me: { id: waiting, role: 'pending', isOwner: false },
      pending: { adminName: 'Ada', adminEmail: 'Ada@example.com' },
    })
    expect(JSON.stringify(await (await test.as(ANONYMOUS)).team.session())).not.toContain('Ada')
  })

  test('the directory is for those who may share, within what they may share with', async () => {
    const test = openRpc()
    plant(test.team.storage, { name: 'Ada' })
    test.team.team.createGroup({ name: 'Writers' }, OWNER)
    const none = { people: [], groups: [] }
    expect(
      await (await test.as(testPerson('x', { permissions: permissions(false, true, true) }))).team.directory(),
    ).toEqual(none)
    const groupsOnly = await (
      await test.as(testPerson('x', { permissions: permissions(true, false, true) }))
    ).team.directory()
    expect([groupsOnly.people, groupsOnly.groups.map(({ name }) => name)]).toEqual([[], ['Writers']])
    expect((await (await test.as(ADMIN)).team.directory()).people.map(({ name }) => name)).toEqual(['Ada'])
  })

  test('keys: one’s own alone, and another’s looks like none', async () => {
    const test = openRpc()
    const team = test.team.team
    team.setSettings({ apiKeys: true, permissions: { ...DEFAULT_PERMISSIONS, features: { api_keys: true } } }, OWNER)
    const [bensId, cemsId] = [
      plant(test.team.storage, { name: 'Ben' }),
      plant(test.team.storage, { name: 'Cem', at: 2 }),
    ]
    const [ben, cem] = [await test.as(team.principalOf(bensId)), await test.as(team.principalOf(cemsId))]
    const { key, secret } = await ben.team.createKey({ name: 'script' })
    expect(secret).toMatch(/^sk-swy-[0-9a-f]{48}$/)
    expect((await ben.team.keys({})).map(({ id }) => id)).toEqual([key.id])
    expect(await cem.team.keys({})).toEqual([])
    expect(await codeOf(cem.team.keys({ personId: bensId }))).toBe('forbidden')
    expect(await codeOf(cem.team.keys({ personId: null }))).toBe('forbidden')
    expect(await codeOf(cem.team.revokeKey({ id: key.id }))).toBe('not_found')
    expect(await codeOf(cem.team.signOutEverywhere({ id: bensId }))).toBe('forbidden')
    expect(await cem.team.signOutEverywhere({ id: cemsId })).toEqual({ ended: 0 })
    expect(await (await test.as(ADMIN)).team.keys({ personId: null })).toHaveLength(1)
    await ben.team.revokeKey({ id: key.id })
    expect(await ben.team.keys({})).toEqual([])
  })

  test('an invitation’s link begins with the address that others reach', async () => {
    const test = openRpc()
    const { url, invite } = await (await test.as(ADMIN)).team.createInvite({ note: 'for Eve' })
    const secret = /^https:\/\/box\.local:4748\/#\/join\/(.+)$/.exec(url)?.[1] ?? ''
    expect(test.team.team.checkInvite(secret)?.id).toBe(invite.id)
  })

  test('looking through someone’s eyes says what they see, and why', async () => {
    const test = openRpc()
    const { team } = test.team
    const id = plant(test.team.storage, { name: 'Eve' })
    const group = team.createGroup({ name: 'Writers' }, OWNER)
    team.setMembers(group.id, [id], OWNER)
    const grant = (principalType: 'user' | 'group', principalId: string) =>
      [{ principalType, principalId, permission: 'read' }] as const
    const { presets } = test.presets
    presets.create(input('for-her', { grants: [...grant('user', id)] }), OWNER)
    presets.create(input('for-group', { grants: [...grant('group', group.id)] }), OWNER)
    presets.create(input('for-all', { grants: [...grant('user', '*')] }), OWNER)
    presets.create(input('hers'), maker(id))
    presets.create(input('not-hers'), OWNER)
    const seen = await (await test.as(ADMIN)).team.viewAs({ id })
    expect(Object.fromEntries(seen.map(({ id: model, why }) => [model, why]))).toEqual({
      'llama3:8b': 'Everyone may use the models of The box.',
      'for-her': 'It is shared with them.',
      'for-group': 'It is shared with the group Writers.',
      'for-all': 'It is shared with everyone.',
      hers: 'It is their own.',
    })
    expect(await codeOf((await test.as(ADMIN)).team.viewAs({ id: 'nobody' }))).toBe('not_found')
  })
})

function permissions(models: boolean, users: boolean, groups: boolean): Principal['permissions'] {
  return {
    ...BEN.permissions,
    sharing: { models, public_models: false },
    access_grants: { allow_users: users, allow_groups: groups },
  }
}

test('a change of sharing names only what it names', async () => {
  const test = openRpc()
  await safe((await test.as(ADMIN)).sharing.update({ guestsMaySpend: true }))
  expect(test.asked).toEqual(['sharing {"guestsMaySpend":true}'])
})

test('a model is the same in the catalog, as a file and under a preset', async () => {
  const test = openRpc()
  test.presets.setCatalog([
    baseModel('tiny', {
      holders: [{ ...baseModel('x').holders[0], provider: 'llama', upstreamModel: 'tiny' } as never],
    }),
    baseModel('other'),
  ])
  test.presets.presets.create(input('on-tiny', { baseModelId: 'tiny' }), OWNER)
  const ada = await test.as(ADMIN)
  for (const id of ['tiny', 'on-tiny', 'other']) await ada.models.metrics({ id })
  expect(test.asked).toEqual(['metrics tiny', 'metrics tiny', 'metrics other'])
  expect(await ada.models.validate({ id: 'on-tiny', options: {} })).toEqual(['asked of tiny'])
})
