import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { askSession } from '../../../src/renderer/bridge/session.ts'
import { isThisComputer } from '../../../src/renderer/features/sign-in/visit-page.tsx'
import { serveAccounts } from '../support/mock-accounts.ts'
import { createMockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { mira, sessionOf } from '../support/team-samples.ts'

const name = () => screen.findByRole('textbox', { name: 'Name' })
const email = () => screen.findByRole('textbox', { name: 'E-mail' })
const password = () => screen.findByLabelText('Password')

describe('signing in', () => {
  it('sends address and password, then shows the page that was asked for', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null) })
    renderApp(engine, '/team/keys')
    const server = serveAccounts(engine)
    await screen.findByRole('heading', { name: 'Sign in' })
    expect(screen.getByRole('button', { name: 'Sign in' })).toHaveProperty('disabled', true)
    await user.type(await email(), ' mira@example.org ')
    await user.type(await password(), 'correct horse{Enter}')
    await screen.findByRole('heading', { name: 'Keys' })
    expect(server.asked).toContainEqual({
      path: 'signin',
      body: { email: 'mira@example.org', password: 'correct horse' },
    })
    expect(screen.queryByRole('heading', { name: 'Sign in' })).toBeNull()
  })

  it('asks the engine for nothing before someone is in', async () => {
    const engine = createMockEngine({ session: sessionOf(null) })
    renderApp(engine, '/chat')
    await screen.findByRole('heading', { name: 'Sign in' })
    expect(engine.calls.map(({ path }) => path).filter((path) => path !== 'team.session')).toEqual([])
  })

  it('says that it was wrong, keeps the address, and puts the focus on the password', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null) })
    renderApp(engine, '/')
    serveAccounts(engine, { refusal: { status: 400, detail: 'The email or password provided is incorrect.' } })
    await user.type(await email(), 'mira@example.org')
    await user.type(await password(), 'wrong horse{Enter}')
    expect((await screen.findByRole('alert')).textContent).toBe('The email or password provided is incorrect.')
    expect(await email()).toHaveProperty('value', 'mira@example.org')
    expect(await password()).toHaveProperty('value', '')
    expect(document.activeElement).toBe(await password())
  })

  it('says when to try again after too many tries', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null) })
    renderApp(engine, '/')
    serveAccounts(engine, { refusal: { status: 429, detail: 'API rate limit exceeded', retryAfter: 150 } })
    await user.type(await email(), 'mira@example.org')
    await user.type(await password(), 'horse horse{Enter}')
    expect((await screen.findByRole('alert')).textContent).toMatch(/^Too many tries\. Try again at \d\d:\d\d\.$/)
  })

  it('says in Chinese what the server says in English', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null) })
    renderApp(engine, '/', 'zh')
    serveAccounts(engine, { refusal: { status: 400, detail: 'The email or password provided is incorrect.' } })
    await user.type(await screen.findByRole('textbox', { name: '电子邮箱' }), 'mira@example.org')
    await user.type(screen.getByLabelText('密码'), 'wrong horse{Enter}')
    expect((await screen.findByRole('alert')).textContent).toBe('电子邮箱或密码不正确。')
  })

  it('links to other providers, and to asking only where one may ask', async () => {
    const engine = createMockEngine({
      session: sessionOf(null, { oauth: [{ id: 'key cloak', name: 'Keycloak' }], signUp: 'request' }),
    })
    renderApp(engine, '/')
    const link = await screen.findByRole('link', { name: 'Sign in with Keycloak' })
    expect(link.getAttribute('href')).toBe('/oauth/key%20cloak/login')
    expect(screen.getByRole('link', { name: 'Ask to join' })).toBeDefined()
    engine.state.session = sessionOf(null)
    await act(askSession)
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Ask to join' })).toBeNull())
    expect(screen.getByText(/by invitation/)).toBeDefined()
  })
})

describe('coming back from another provider', () => {
  it.each([
    ['forbidden', /by invitation only/],
    ['auth_failed', /did not confirm who you are/],
    ['connect_timeout', /did not work/],
  ])('with %s says what that means, and never what the address says', async (code, sentence) => {
    history.replaceState(null, '', `/?oauth_error=${code}`)
    onTestFinished(() => history.replaceState(null, '', '/'))
    renderApp(createMockEngine({ session: sessionOf(null) }), '/')
    expect((await screen.findByRole('alert')).textContent).toMatch(sentence)
  })
})

describe('coming in', () => {
  it('makes the first account, and says what that means', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null, { needsFirstAccount: true }) })
    renderApp(engine, '/models')
    const server = serveAccounts(engine, { comesIn: sessionOf(mira({ role: 'admin' })) })
    expect(await screen.findByText(/You are the first: this account administers Switchyard/)).toBeDefined()
    await user.type(await name(), 'Mira Okafor')
    await user.type(await email(), 'mira@example.org')
    await user.type(await password(), 'correct horse{Enter}')
    await screen.findByRole('navigation', { name: 'Pages' })
    expect(server.asked.find(({ path }) => path === 'signup')?.body).toEqual({
      name: 'Mira Okafor',
      email: 'mira@example.org',
      password: 'correct horse',
    })
  })

  it('joins by an invitation, whose secret goes along', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null) })
    renderApp(engine, '/join/s3cret-of-the-link')
    const server = serveAccounts(engine)
    await user.type(await name(), 'Mira Okafor')
    await user.type(await email(), 'mira@example.org')
    await user.type(await password(), 'correct horse')
    await user.click(screen.getByRole('button', { name: 'Join' }))
    await waitFor(() =>
      expect(server.asked.find(({ path }) => path === 'signup')?.body).toMatchObject({ invite: 's3cret-of-the-link' }),
    )
    await screen.findByRole('navigation', { name: 'Pages' })
    await waitFor(() => expect(location.hash).toBe('#/chat'))
  })

  it('leaves a link unused that someone opens who is in', async () => {
    const engine = createMockEngine({ session: sessionOf(mira()) })
    renderApp(engine, '/join/s3cret')
    expect(await screen.findByText(/The invitation stays unused/)).toBeDefined()
  })

  it('says that a link was used, and keeps what was typed', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null) })
    renderApp(engine, '/join/used')
    serveAccounts(engine, { refusal: { status: 403, detail: 'This invitation has been used or has expired.' } })
    await user.type(await name(), 'Mira')
    await user.type(await email(), 'mira@example.org')
    await user.type(await password(), 'correct horse{Enter}')
    expect((await screen.findByRole('alert')).textContent).toContain('used or has expired')
    expect(await name()).toHaveProperty('value', 'Mira')
    expect(await password()).toHaveProperty('value', 'correct horse')
  })

  it('names what is wrong before anything is sent', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null) })
    renderApp(engine, '/join/abc')
    const server = serveAccounts(engine)
    await user.type(await name(), 'Mira')
    await user.type(await email(), 'mira@example.org')
    await user.type(await password(), 'short{Enter}')
    expect(await screen.findByText('Use at least 8 characters.')).toBeDefined()
    expect(document.activeElement).toBe(await password())
    await user.clear(await password())
    await user.type(await password(), '馬'.repeat(25))
    await user.keyboard('{Enter}')
    expect(await screen.findByText(/at most 72 bytes/)).toBeDefined()
    expect(server.asked).toEqual([])
  })

  it('asks to join, then waits', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(null, { signUp: 'request' }) })
    renderApp(engine, '/')
    serveAccounts(engine, {
      comesIn: sessionOf(mira({ role: 'pending' }), {
        pending: {
          title: 'Hello!',
          text: 'Ada looks at noon.',
          adminName: 'Ada Moreau',
          adminEmail: 'ada@example.org',
        },
      }),
    })
    await user.click(await screen.findByRole('link', { name: 'Ask to join' }))
    await user.type(await name(), 'Mira')
    await user.type(await email(), 'mira@example.org')
    await user.type(await password(), 'correct horse')
    await user.click(screen.getByRole('button', { name: 'Ask to join' }))
    await screen.findByRole('heading', { name: 'Hello!' })
    expect(screen.getByText('Ada looks at noon.')).toBeDefined()
    expect(screen.getByRole('link', { name: 'ada@example.org' })).toBeDefined()
    await waitFor(() => expect(location.hash).toBe('#/pending'))
  })

  it('lets a waiting person in by itself, without a reload', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const engine = createMockEngine({ session: sessionOf(mira({ role: 'pending' })) })
      renderApp(engine, '/pending')
      expect(screen.getByRole('heading', { name: 'Waiting to be let in' })).toBeDefined()
      engine.state.session = sessionOf(mira())
      await act(() => vi.advanceTimersByTimeAsync(5000))
    } finally {
      vi.useRealTimers()
    }
    await screen.findByRole('navigation', { name: 'Pages' })
    await waitFor(() => expect(location.hash).toBe('#/chat'))
  })

  it('signs a waiting person out', async () => {
    const engine = createMockEngine({ session: sessionOf(mira({ role: 'pending' })) })
    renderApp(engine, '/pending')
    const server = serveAccounts(engine)
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }))
    await waitFor(() => expect(server.startedOver).toBe(1))
    expect(server.asked.map(({ path }) => path)).toContain('signout')
  })
})

describe('plain HTTP', () => {
  it('is not worth a word on this computer itself', async () => {
    renderApp(createMockEngine({ session: sessionOf(null, { encrypted: false }) }), '/')
    await screen.findByRole('heading', { name: 'Sign in' })
    expect(location.hostname).toBe('localhost')
    expect(screen.queryByText(/Not encrypted/)).toBeNull()
  })
})

describe('isThisComputer', () => {
  it.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['192.168.1.20', false],
    ['ada-desk.local', false],
    ['127.example.org', false],
  ])('%s: %s', (hostname, expected) => {
    expect(isThisComputer(hostname)).toBe(expected)
  })
})

describe('a session that ends at work', () => {
  async function workingAt(path: string) {
    const engine = createMockEngine({ session: sessionOf(mira({ role: 'admin' })) })
    renderApp(engine, path)
    const server = serveAccounts(engine, { comesIn: sessionOf(mira({ role: 'admin' })) })
    const typed = await screen.findByRole('searchbox', { name: 'Search settings' })
    await userEvent.type(typed, 'half a thought')
    return { engine, server, typed }
  }
  async function endSession(engine: ReturnType<typeof createMockEngine>): Promise<HTMLElement> {
    engine.state.session = sessionOf(null)
    engine.emit({ type: 'team:changed' })
    return screen.findByRole('dialog', { name: 'Sign in' })
  }

  it('leads to sign-in above what was typed, and back to it', async () => {
    const user = userEvent.setup()
    const { engine, server, typed } = await workingAt('/settings')
    const dialog = await endSession(engine)
    expect(within(dialog).getByText(/nothing that you typed is lost/)).toBeDefined()
    expect(typed.isConnected).toBe(true)
    expect(typed.closest('[inert]')).not.toBeNull()
    await user.type(within(dialog).getByRole('textbox', { name: 'E-mail' }), 'mira@example.org')
    await user.type(within(dialog).getByLabelText('Password'), 'correct horse{Enter}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getByRole('searchbox', { name: 'Search settings' })).toBe(typed)
    expect(typed).toHaveProperty('value', 'half a thought')
    expect(server.startedOver).toBe(0)
  })

  it('gives another person nothing of the first', async () => {
    const user = userEvent.setup()
    const { engine, server, typed } = await workingAt('/settings')
    server.comesIn = sessionOf(mira({ id: 'wei', name: 'Wei Chen' }))
    localStorage.setItem('switchyard:new-chat-draft', 'a secret')
    const dialog = await endSession(engine)
    await user.type(within(dialog).getByRole('textbox', { name: 'E-mail' }), 'wei@example.org')
    await user.type(within(dialog).getByLabelText('Password'), 'battery staple{Enter}')
    await waitFor(() => expect(server.startedOver).toBe(1))
    expect(typed.isConnected && typed.closest('[inert]') === null).toBe(false)
    expect(localStorage.getItem('switchyard:new-chat-draft')).toBeNull()
  })

  it('is noticed by the first call that is refused', async () => {
    const { engine } = await workingAt('/settings')
    engine.state.session = sessionOf(null)
    engine.fail('settings.update', { code: 'auth_failed', message: 'Sign in first.', retryable: false })
    await userEvent.clear(screen.getByRole('searchbox', { name: 'Search settings' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Dark' }))
    await screen.findByRole('dialog', { name: 'Sign in' })
  })

  it('does not act on keys while it is below', async () => {
    const { engine } = await workingAt('/settings')
    await endSession(engine)
    await userEvent.keyboard('{Alt>}1{/Alt}')
    expect(location.hash).toBe('#/settings')
  })
})

describe('who is in', () => {
  it('has a menu with the own name and the way out', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ session: sessionOf(mira()) })
    renderApp(engine, '/team')
    const server = serveAccounts(engine)
    await user.click(await screen.findByRole('button', { name: 'Account of Mira Okafor' }))
    expect(await screen.findByText('mira@example.org')).toBeDefined()
    await user.click(screen.getByRole('menuitem', { name: 'Sign out' }))
    await waitFor(() => expect(server.startedOver).toBe(1))
  })

  it('has none at this computer', async () => {
    renderApp(createMockEngine(), '/settings')
    await screen.findByRole('heading', { name: 'Settings' })
    expect(screen.queryByRole('button', { name: /^Account of/ })).toBeNull()
  })

  it.each([
    ['/backends', 'Backends are managed by the administrators of this Switchyard.'],
    ['/backends/attic/models', 'Backends are managed by the administrators of this Switchyard.'],
    ['/settings', 'The settings of this computer are managed by its administrators.'],
    ['/team/people', 'Only administrators manage the team. What is your own is under You.'],
  ])('is told politely at %s that it is not theirs', async (path, sentence) => {
    const engine = createMockEngine({ session: sessionOf(mira()) })
    renderApp(engine, path)
    expect(await screen.findByText(sentence)).toBeDefined()
    const rail = screen.getByRole('navigation', { name: 'Pages' })
    expect(within(rail).queryByRole('link', { name: 'Backends' })).toBeNull()
    expect(within(rail).queryByRole('link', { name: 'Settings' })).toBeNull()
    const asked = engine.calls.map((call) => call.path)
    for (const forbidden of ['connections.list', 'sharing.state', 'team.people', 'jobs.list']) {
      expect(asked).not.toContain(forbidden)
    }
  })
})
