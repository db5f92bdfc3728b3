import OpenAI, { AuthenticationError } from 'openai'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Member, PASSWORD, startTeamServer, type TeamServer } from '../support/acceptance/team-server.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { sendByEnter } from '../support/send-by-enter.ts'
import { until } from '../support/until.ts'

/** A second address of this machine. */
const NETWORK = '127.0.0.2'
const LONG = 'Go on in an endless loop'

/** Two people in two browsers and a script with a key, at once, on one headless instance at two addresses. */
describe.skipIf(browserMissing())('two people and a script', () => {
  let team: TeamServer
  let browser: Browser
  let mira: Member
  let shared: string
  let ada: Page
  let miras: Page
  let script: OpenAI
  let keyId = ''
  let groupId = ''

  beforeAll(async () => {
    team = await startTeamServer({ SWITCHYARD_WELCOMED: 'true' })
    browser = await launchBrowser()
    mira = await team.add('Mira', 'user')
    const token = team.admin.token
    const group = await team.expectOk('/api/v1/groups/create', { name: 'Writers', description: '' }, token)
    groupId = String(group.id)
    await team.expectOk(`/api/v1/groups/id/${groupId}/users/add`, { user_ids: [mira.id] }, token)
    await team.rpc('team.setSettings', { modelsHere: 'everyone' }, token)
    await team.expectOk(
      '/api/v1/models/create',
      {
        id: 'writers-own',
        base_model_id: 'demo',
        name: 'Writers’ own',
        params: {},
        meta: {},
        access_grants: [{ principal_type: 'group', principal_id: groupId, permission: 'read' }],
      },
      token,
    )
    const made = await team.rpc('team.createKey', { name: 'script', scopes: ['models', 'chat'] }, token)
    const { json } = JSON.parse(made.body) as { json: { key: { id: string }; secret: string } }
    keyId = json.key.id
    script = new OpenAI({ apiKey: json.secret, baseURL: `${team.serve.url}/v1`, maxRetries: 0 })
    const on = await team.rpc(
      'sharing.update',
      { enabled: true, address: NETWORK, port: 0, tls: false, announce: false },
      token,
    )
    shared = String((JSON.parse(on.body) as { json: { urls: string[] } }).json.urls[0])
    ada = await signedIn(team.serve.url, 'ada@example.com')
    miras = await signedIn(shared, mira.email)
  })
  afterAll(async () => {
    await browser?.close()
    await team?.serve.end()
  })

  async function signedIn(url: string, email: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB' })
    const page = await context.newPage()
    await page.goto(url)
    await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await composer(page).waitFor()
    return page
  }
  const composer = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })
  /** What the page's own next call is answered. */
  const nextRequest = (page: Page, path: string) =>
    page.evaluate(async (to) => {
      const answer = await fetch(to)
      return { status: answer.status, body: await answer.text() }
    }, path)

  it('are served at once, each their own', async () => {
    expect(new URL(shared).hostname).toBe(NETWORK)
    for (const page of [ada, miras]) {
      await composer(page).fill(LONG)
      await sendByEnter(page, composer(page))
    }
    const stream = await script.chat.completions.create({
      model: 'demo',
      messages: [{ role: 'user', content: LONG }],
      stream: true,
      max_tokens: 400,
    })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text.length).toBeGreaterThan(200)
    for (const page of [ada, miras]) {
      await until('the answer grows', async () => {
        const shown = await page.getByRole('log').innerText()
        return shown.length > 200 || null
      })
      await page.getByRole('button', { name: /^Stop/ }).first().click()
    }
    const titles = async (page: Page) =>
      (JSON.parse((await nextRequest(page, '/ui/session')).body) as { me: { name: string } }).me.name
    expect(await titles(ada)).toBe('Ada')
    expect(await titles(miras)).toBe('Mira')
    const list = await team.rpc('chats.list', {}, mira.token)
    const adas = await team.rpc('chats.list', {}, team.admin.token)
    const ids = (body: string) => (JSON.parse(body) as { json: { id: string }[] }).json.map(({ id }) => id)
    expect(ids(list.body)).toHaveLength(1)
    expect(ids(adas.body)).toHaveLength(1)
    expect(ids(list.body)).not.toEqual(ids(adas.body))
  })

  it('a change of a group shows on the very next request', async () => {
    expect((await nextRequest(miras, '/v1/models')).body).toContain('writers-own')
    await team.expectOk(`/api/v1/groups/id/${groupId}/users/remove`, { user_ids: [mira.id] }, team.admin.token)
    expect((await nextRequest(miras, '/v1/models')).body).not.toContain('writers-own')
    const chat = await team.send(
      '/v1/chat/completions',
      { model: 'writers-own', messages: [{ role: 'user', content: 'Hello' }] },
      mira.token,
    )
    expect(chat.status).toBe(404)
    await team.expectOk(`/api/v1/groups/id/${groupId}/users/add`, { user_ids: [mira.id] }, team.admin.token)
    expect((await nextRequest(miras, '/v1/models')).body).toContain('writers-own')
  })

  it('a revoked key is refused on the very next request', async () => {
    expect((await script.models.list()).data.map(({ id }) => id)).toContain('demo')
    await team.rpc('team.revokeKey', { id: keyId }, team.admin.token)
    await expect(script.models.list()).rejects.toBeInstanceOf(AuthenticationError)
    await expect(
      script.chat.completions.create({ model: 'demo', messages: [{ role: 'user', content: 'Hello' }] }),
    ).rejects.toBeInstanceOf(AuthenticationError)
  })

  it('a disabled person is refused on the very next request, and sees why', async () => {
    expect((await nextRequest(miras, '/v1/models')).status).toBe(200)
    await team.expectOk(
      `/api/v1/users/${mira.id}/update`,
      { role: 'pending', name: mira.name, email: mira.email, profile_image_url: '' },
      team.admin.token,
    )
    expect((await nextRequest(miras, '/v1/models')).status).toBe(401)
    await miras.reload()
    await until('the page says that she has to wait', async () =>
      (await composer(miras).isVisible()) ? null : (await miras.locator('body').innerText()).length > 0 || null,
    )
    expect(await composer(miras).count()).toBe(0)
    // The other person goes on.
    expect((await nextRequest(ada, '/v1/models')).status).toBe(200)
  })
})
