import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import type { Person } from '#shared/team.ts'
import { inviteState } from '../../../src/renderer/features/team/invites-section.tsx'
import { providerId } from '../../../src/renderer/features/team/oauth-providers.tsx'
import { browserName } from '../../../src/renderer/features/team/you-section.tsx'
import { serveAccounts } from '../support/mock-accounts.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import {
  mira,
  person,
  sessionOf,
  someGroups,
  someInvites,
  someKeys,
  somePeople,
  someSessions,
} from '../support/team-samples.ts'

function team(people: Person[] = somePeople()): MockEngine {
  return createMockEngine({ people, groups: someGroups(), keys: someKeys(), invites: someInvites() })
}
const row = async (name: RegExp) => screen.findByRole('row', { name })
async function choose(name: string, item: string): Promise<void> {
  await userEvent.click(await screen.findByRole('button', { name: `More about ${name}` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: item }))
}

describe('people', () => {
  it('come with what one wants to know of them, those who wait first', async () => {
    renderApp(team(), '/team/people')
    const waiting = await screen.findByRole('region', { name: 'Waiting to be let in' })
    expect(within(waiting).getAllByRole('button', { name: /^Let in/ })).toHaveLength(2)
    const mirasRow = await row(/^Mira Okafor/)
    expect(mirasRow.textContent).toContain('mira@example.org')
    await waitFor(() => expect(mirasRow.textContent).toContain('Platform, Writers'))
    expect(mirasRow.textContent).toContain('2 min ago')
    expect((await row(/^Jonas/)).textContent).toContain('Keycloak')
    expect(screen.getByRole('link', { name: /People\W+2 wait/ })).toBeDefined()
  })

  it('are let in, and refused only after a question', async () => {
    const engine = team()
    renderApp(engine, '/team/people')
    await userEvent.click(await screen.findByRole('button', { name: 'Let in Tariq Haddad' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Let in Tariq Haddad' })).toBeNull())
    await userEvent.click(screen.getByRole('button', { name: 'Refuse Lena Vogt' }))
    const dialog = await screen.findByRole('dialog', { name: 'Remove Lena Vogt?' })
    expect(engine.inputs('team.removePerson')).toEqual([])
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Waiting to be let in' })).toBeNull())
    expect(engine.inputs('team.removePerson')).toEqual([{ id: 'lena' }])
  })

  it('are searched, sorted and paged by the engine', async () => {
    const user = userEvent.setup()
    const many = Array.from({ length: 65 }, (_, index) => person(`p${String(index).padStart(2, '0')}`))
    const engine = team(many)
    renderApp(engine, '/team/people')
    expect(await screen.findByText('Page 1 of 3')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Next' }))
    await row(/^P30/)
    await user.click(screen.getByRole('button', { name: 'E-mail' }))
    await row(/^P00/)
    expect(screen.getByRole('columnheader', { name: 'E-mail' }).getAttribute('aria-sort')).toBe('ascending')
    await user.type(screen.getByRole('searchbox', { name: 'Search people' }), 'p64')
    await row(/^P64/)
    await waitFor(() => expect(screen.queryByText(/^Page/)).toBeNull())
    await user.type(screen.getByRole('searchbox', { name: 'Search people' }), 'x')
    expect(await screen.findByText('Nobody matches “p64x”.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Show everyone' }))
    await row(/^P00/)
    expect(engine.inputs('team.people')).toContainEqual(expect.objectContaining({ orderBy: 'email', page: 1 }))
  })

  it('get another role in place; a refusal stands where it happened', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/people')
    await user.click(await screen.findByRole('combobox', { name: 'Role of Wei Chen: user' }))
    await user.click(await screen.findByRole('option', { name: 'administrator' }))
    await screen.findByRole('combobox', { name: 'Role of Wei Chen: administrator' })
    engine.fail('team.updatePerson', {
      code: 'forbidden',
      message: 'The last administrator cannot be made a user.',
      retryable: false,
    })
    await user.click(screen.getByRole('combobox', { name: 'Role of Ada Moreau: administrator' }))
    await user.click(await screen.findByRole('option', { name: 'user' }))
    expect((await screen.findByRole('alert')).textContent).toContain('The last administrator')
    expect(screen.getByRole('combobox', { name: 'Role of Ada Moreau: administrator' })).toBeDefined()
  })

  it('are added with a password to hand over', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/people')
    await user.click(await screen.findByRole('button', { name: 'Add person' }))
    const dialog = await screen.findByRole('dialog', { name: 'Add a person' })
    await user.click(within(dialog).getByRole('button', { name: 'Add' }))
    expect(await within(dialog).findByText('Say what others should call you.')).toBeDefined()
    await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'Ines')
    await user.type(within(dialog).getByRole('textbox', { name: 'E-mail' }), 'ines@example.org')
    await user.type(within(dialog).getByLabelText('Password'), 'correct horse')
    await user.click(within(dialog).getByRole('button', { name: 'Add' }))
    await row(/^Ines/)
    expect(engine.inputs('team.addPerson')).toEqual([
      { name: 'Ines', email: 'ines@example.org', password: 'correct horse', role: 'user' },
    ])
  })

  it('get a new password, are signed out everywhere, and are seen as they see', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/people')
    await choose('Mira Okafor', 'Reset password…')
    const dialog = await screen.findByRole('dialog', { name: 'New password for Mira Okafor' })
    await user.type(within(dialog).getByLabelText('New password'), 'battery staple{Enter}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(engine.inputs('team.updatePerson')).toEqual([{ id: 'mira', patch: { password: 'battery staple' } }])
    await choose('Mira Okafor', 'Sign out everywhere…')
    await user.click(await screen.findByRole('button', { name: 'Sign out everywhere' }))
    await waitFor(() => expect(engine.inputs('team.signOutEverywhere')).toEqual([{ id: 'mira' }]))
    await choose('Mira Okafor', 'View as…')
    const seen = await screen.findByRole('dialog', { name: 'What Mira Okafor sees' })
    expect((await within(seen).findByText('Careful coder')).closest('li')?.textContent).toContain(
      'shared with the group Platform',
    )
  })
})

describe('groups', () => {
  it('are made, filled by name, given rights in words, and removed after a question', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/groups')
    await user.click(await screen.findByRole('button', { name: 'New group' }))
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Design')
    await user.click(screen.getByRole('button', { name: 'Make group' }))
    const inspector = await screen.findByRole('complementary', { name: 'Design' })
    await user.type(within(inspector).getByRole('searchbox'), 'okaf')
    await user.click(await within(inspector).findByRole('button', { name: 'Add Mira Okafor' }))
    await within(inspector).findByRole('button', { name: 'Take Mira Okafor out' })
    const right = within(inspector).getByRole('switch', { name: 'Make models of their own' })
    await user.click(right)
    await waitFor(() => expect(right.getAttribute('aria-checked')).toBe('true'))
    expect(engine.state.groups.at(-1)?.permissions?.workspace.models).toBe(true)
    // What everyone may is said, and cannot be taken away here.
    const common = within(inspector).getByRole('switch', { name: 'Name groups when sharing' })
    expect(common).toHaveProperty('disabled', true)
    expect(common.getAttribute('aria-checked')).toBe('true')
    await user.click(within(inspector).getByRole('button', { name: 'Remove' }))
    const dialog = await screen.findByRole('dialog', { name: 'Remove the group Design?' })
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull())
    expect(screen.queryByText('Design')).toBeNull()
  })

  it('keep their rights when they are renamed', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/groups')
    await user.click(await screen.findByRole('button', { name: /^Platform/ }))
    await user.click(await screen.findByRole('button', { name: 'Rename' }))
    const name = await screen.findByRole('textbox', { name: 'Name' })
    await user.clear(name)
    await user.type(name, 'Machines')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await screen.findByRole('complementary', { name: 'Machines' })
    expect(engine.state.groups[0]?.permissions?.features.api_keys).toBe(true)
  })
})

describe('keys', () => {
  it('show their secret once, and end by a click', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/keys')
    await row(/^ci-summaries/)
    expect(screen.queryByRole('row', { name: /^Script/ })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'New key' }))
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'nightly')
    await user.click(screen.getByRole('switch', { name: 'Make embeddings' }))
    await user.click(screen.getByRole('combobox', { name: 'Expires: Never' }))
    await user.click(await screen.findByRole('option', { name: 'In 30 days' }))
    await user.click(screen.getByRole('button', { name: 'Make key' }))
    const dialog = await screen.findByRole('dialog', { name: 'Key nightly' })
    const secret = `sk-swy-${'5d2e'.repeat(12)}`
    expect(within(dialog).getByText(secret)).toBeDefined()
    await user.click(within(dialog).getByRole('button', { name: 'Copy: the key' }))
    expect(await navigator.clipboard.readText()).toBe(secret)
    await user.click(within(dialog).getByRole('button', { name: 'Done' }))
    await row(/^nightly/)
    expect(document.body.textContent).not.toContain(secret)
    const [input] = engine.inputs('team.createKey')
    expect(input).toMatchObject({ name: 'nightly', scopes: ['models', 'chat'] })
    const days = ((input as { expiresAt: number }).expiresAt - Date.now() / 1000) / 86_400
    expect(days).toBeCloseTo(30, 2)
    await user.click(screen.getByRole('button', { name: 'Revoke nightly' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Revoke' }))
    await waitFor(() => expect(screen.queryByRole('row', { name: /^nightly/ })).toBeNull())
  })

  it('of everyone are for administrators', async () => {
    const engine = team()
    renderApp(engine, '/team/keys')
    await userEvent.click(await screen.findByRole('button', { name: 'Everyone’s' }))
    await waitFor(async () => expect((await row(/^Script/)).textContent).toContain('Mira Okafor'))
  })

  it('are not offered to someone who may not make them', async () => {
    const engine = team()
    engine.state.session = sessionOf(mira())
    renderApp(engine, '/team/keys')
    await row(/^Script/)
    expect(screen.queryByRole('button', { name: 'New key' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Everyone’s' })).toBeNull()
    expect(screen.getByText(/^Your account may not make keys/)).toBeDefined()
  })
})

describe('invites', () => {
  it('show their link once, as text and as a picture with words', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/invites')
    await user.click(await screen.findByRole('button', { name: 'Invite someone' }))
    const form = await screen.findByRole('dialog', { name: 'Invite someone' })
    await user.type(within(form).getByRole('textbox', { name: 'For whom' }), 'Ines')
    await user.click(within(form).getByRole('switch', { name: 'Writers' }))
    const hours = within(form).getByRole('textbox', { name: 'Works for, hours' })
    await user.clear(hours)
    await user.type(hours, '24')
    await user.click(within(form).getByRole('button', { name: 'Make link' }))
    const made = await screen.findByRole('dialog', { name: 'Invitation for Ines' })
    expect(within(made).getByText(/#\/join\//)).toBeDefined()
    expect(within(made).getByRole('img', { name: 'QR code of the invitation’s link' })).toBeDefined()
    expect(within(made).getByText(/^Sharing is off/)).toBeDefined()
    expect(engine.inputs('team.createInvite')).toEqual([
      { note: 'Ines', role: 'user', groupIds: ['writers'], hours: 24 },
    ])
    await user.click(within(made).getByRole('button', { name: 'Done' }))
    await row(/^Ines user/)
    expect(document.body.textContent).not.toContain('#/join/')
  })

  it('say how they stand, and are revoked while unused', async () => {
    const engine = team()
    renderApp(engine, '/team/invites')
    expect((await row(/^Ines from design/)).textContent).toContain('unused, until')
    await waitFor(async () => expect((await row(/^Mira/)).textContent).toContain('used by Mira Okafor'))
    expect(within(await row(/^Mira/)).queryByRole('button')).toBeNull()
    expect((await row(/^anyone with the link/)).textContent).toContain('expired')
    await userEvent.click(screen.getByRole('button', { name: 'Revoke the invite for Ines from design' }))
    await waitFor(() => expect(screen.queryByText('Ines from design')).toBeNull())
  })

  it('are used even where they would have expired since', () => {
    const [open, used, expired] = someInvites()
    if (open === undefined || used === undefined || expired === undefined) throw new Error('three samples')
    const now = Date.now()
    expect([open, used, expired].map((invite) => inviteState(invite, now))).toEqual(['open', 'used', 'expired'])
    expect(inviteState({ ...used, expiresAt: 1 }, now)).toBe('used')
  })
})

describe('rules', () => {
  it('hold at once', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/joining')
    await user.click(await screen.findByRole('button', { name: 'May ask' }))
    await user.click(screen.getByRole('switch', { name: 'Also ask on this computer' }))
    await user.type(screen.getByRole('textbox', { name: 'Title' }), 'Hello{Enter}')
    await user.click(screen.getByRole('switch', { name: 'Make API keys' }))
    await waitFor(() =>
      expect(engine.state.teamSettings).toMatchObject({
        signUp: 'request',
        requireSignIn: true,
        pendingTitle: 'Hello',
        permissions: { features: { api_keys: true } },
      }),
    )
  })

  it('take a provider, whose secret is never shown again', async () => {
    const user = userEvent.setup()
    const engine = team()
    renderApp(engine, '/team/joining')
    await user.click(await screen.findByRole('button', { name: 'Add provider' }))
    const dialog = await screen.findByRole('dialog', { name: 'Add a provider' })
    await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'Our Keycloak')
    expect(within(dialog).getByRole('textbox', { name: 'Part of the address' })).toHaveProperty('value', 'our-keycloak')
    expect(within(dialog).getByText(/\/oauth\/our-keycloak\/callback$/)).toBeDefined()
    await user.type(within(dialog).getByRole('textbox', { name: 'Issuer' }), 'https://login.example.org')
    await user.type(within(dialog).getByRole('textbox', { name: 'Client id' }), 'switchyard')
    await user.type(within(dialog).getByRole('textbox', { name: 'Client secret' }), 'canary-secret-9c1e')
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('https://login.example.org')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Edit Our Keycloak' }))
    expect(await screen.findByRole('textbox', { name: 'Client secret' })).toHaveProperty('value', '••••9c1e')
    expect(screen.getByRole('textbox', { name: 'Part of the address' })).toHaveProperty('disabled', true)
  })

  it('make a name into a part of an address', () => {
    expect(providerId('  Our Keycloak (2)! ')).toBe('our-keycloak-2')
    expect(providerId('登录')).toBe('')
  })
})

describe('a member’s own part', () => {
  it('changes name and password through the account routes', async () => {
    const user = userEvent.setup()
    const engine = team()
    engine.state.session = sessionOf(mira())
    renderApp(engine, '/team')
    const server = serveAccounts(engine)
    const name = await screen.findByRole('textbox', { name: 'Name' })
    await user.clear(name)
    await user.type(name, 'Mira O.{Enter}')
    await waitFor(() =>
      expect(server.asked).toContainEqual({
        path: 'update/profile',
        body: { name: 'Mira O.', profile_image_url: '' },
      }),
    )
    await user.type(screen.getByLabelText('Present password'), 'old horse battery')
    await user.type(screen.getByLabelText('New password'), 'new horse battery{Enter}')
    expect(await screen.findByText('Changed.')).toBeDefined()
    expect(server.asked).toContainEqual({
      path: 'update/password',
      body: { password: 'old horse battery', new_password: 'new horse battery' },
    })
    expect(screen.getByLabelText('New password')).toHaveProperty('value', '')
  })

  it('shows where one is signed in, and signs out everywhere after a question', async () => {
    const engine = team()
    engine.state.session = sessionOf(mira())
    renderApp(engine, '/team/you')
    const list = await screen.findByRole('region', { name: 'Where you are signed in' })
    expect((await within(list).findByText('Firefox · Linux')).closest('li')?.textContent).toContain('this one')
    await userEvent.click(within(list).getByRole('button', { name: 'Sign out everywhere' }))
    const dialog = await screen.findByRole('dialog', { name: 'Sign out everywhere' })
    engine.state.session = sessionOf(null)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Sign out everywhere' }))
    await screen.findByRole('dialog', { name: 'Sign in' })
    expect(engine.inputs('team.signOutEverywhere')).toEqual([{ id: 'mira' }])
  })

  it('reads browsers out of their user agents', () => {
    expect(someSessions().map(({ userAgent }) => browserName(userAgent))).toEqual([
      'Firefox · Linux',
      'Safari · iPhone',
    ])
    expect(browserName('curl/8.5.0')).toBeNull()
  })
})

describe('the window around it', () => {
  it('goes to the team with its key', async () => {
    renderApp(team(), '/settings')
    await screen.findByRole('heading', { name: 'Settings' })
    await userEvent.keyboard('{Alt>}6{/Alt}')
    await screen.findByRole('switch', { name: /^Share on this network/ })
  })

  it('speaks Chinese', async () => {
    renderApp(team(), '/team/people', 'zh')
    expect(await screen.findByRole('button', { name: '批准 Lena Vogt' })).toBeDefined()
    await waitFor(() => expect(document.title).toBe('团队 · Switchyard'))
  })
})
