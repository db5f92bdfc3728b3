import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { EVERYONE } from '#shared/access.ts'
import type { PresetRow } from '#shared/presets.ts'
import { sharingSettingsSchema } from '#shared/sharing.ts'
import { readPort } from '../../../src/renderer/features/team/port-field.tsx'
import { someConnections } from '../support/connection-samples.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { catalogOf, fullShelf } from '../support/samples.ts'
import { FINGERPRINT, sharingFor, sharingOff, somePeople } from '../support/team-samples.ts'

const bigSwitch = (state: string) => screen.findByRole('switch', { name: `Share on this network: ${state}` })
const sheet = () => screen.findByRole('dialog', { name: 'Share on this network' })

function withModels(records: PresetRow[] = []): MockEngine {
  const engine = createMockEngine({
    files: fullShelf(),
    catalog: catalogOf(fullShelf()),
    connections: someConnections(),
  })
  engine.on('presets.list', ({ kind }: { kind: string }) =>
    kind === 'overrides' ? { items: records, total: records.length } : { items: [], total: 0 },
  )
  return engine
}

describe('sharing', () => {
  it('is off, says what it would do, and opens nothing by the switch alone', async () => {
    const engine = withModels()
    renderApp(engine, '/team')
    const toggle = await bigSwitch('off')
    expect(toggle.getAttribute('aria-checked')).toBe('false')
    expect(screen.getByText(/^Only this computer can use Switchyard now\./)).toBeDefined()
    await userEvent.click(toggle)
    await sheet()
    expect(engine.inputs('sharing.update')).toEqual([])
    expect(screen.queryByText(/shared on this network/)).toBeNull()
  })

  it('starts with what the sheet says, then shows how to reach it', async () => {
    const user = userEvent.setup()
    const engine = withModels()
    renderApp(engine, '/team')
    await user.click(await bigSwitch('off'))
    const dialog = await sheet()
    await user.click(within(dialog).getByRole('combobox', { name: 'Address: All addresses' }))
    await user.click(await screen.findByRole('option', { name: /^192\.168\.1\.20/ }))
    const port = within(dialog).getByRole('textbox', { name: 'Port' })
    expect(port).toHaveProperty('value', '4748')
    await user.clear(port)
    await user.type(port, '70000')
    expect(within(dialog).getByRole('button', { name: 'Start sharing' })).toHaveProperty('disabled', true)
    await user.clear(port)
    await user.type(port, '8443')
    await user.click(within(dialog).getByRole('button', { name: 'May ask' }))
    await user.click(within(dialog).getByRole('switch', { name: 'Everyone may use models that run Away' }))
    await user.type(within(dialog).getByRole('textbox', { name: 'More names for this computer' }), 'desk.lan, ada.lan')
    await user.click(within(dialog).getByRole('button', { name: 'Start sharing' }))
    expect((await bigSwitch('on')).getAttribute('aria-checked')).toBe('true')
    expect(engine.inputs('team.setSettings')).toEqual([{ signUp: 'request' }])
    expect(engine.inputs('sharing.update')).toEqual([
      {
        enabled: true,
        address: '192.168.1.20',
        port: 8443,
        tls: true,
        announce: true,
        guestsMaySpend: true,
        hostNames: ['desk.lan', 'ada.lan'],
      },
    ])
    expect(screen.getByText('https://192.168.1.20:8443')).toBeDefined()
    expect(screen.getByRole('img', { name: 'QR code for https://192.168.1.20:8443' })).toBeDefined()
    expect(document.querySelector('.fingerprint code')?.textContent).toBe(FINGERPRINT)
    expect(screen.getByRole('link', { name: /^Team\W+shared on this network$/ })).toBeDefined()
  })

  it('warns of plain HTTP, before and while it is on', async () => {
    const user = userEvent.setup()
    const engine = withModels()
    renderApp(engine, '/team')
    await user.click(await bigSwitch('off'))
    const dialog = await sheet()
    await user.click(within(dialog).getByRole('button', { name: 'Plain HTTP' }))
    expect(within(dialog).getByText(/^Not encrypted: anyone on this network can read/)).toBeDefined()
    await user.click(within(dialog).getByRole('button', { name: 'Start sharing' }))
    expect(await screen.findByText(/^Plain HTTP: others on this network can read/)).toBeDefined()
    expect(screen.queryByText('Certificate fingerprint, SHA-256')).toBeNull()
  })

  it('is switched off at once', async () => {
    const engine = withModels()
    engine.state.sharing = sharingFor(sharingSettingsSchema.parse({ enabled: true }))
    renderApp(engine, '/team')
    await userEvent.click(await bigSwitch('on'))
    await bigSwitch('off')
    expect(engine.inputs('sharing.update')).toEqual([{ enabled: false }])
    expect(screen.queryByRole('link', { name: /shared on this network/ })).toBeNull()
  })

  it('says what is missing, and takes the first administrator there', async () => {
    const user = userEvent.setup()
    const engine = withModels()
    engine.state.sharing = sharingOff({ state: 'blocked', reason: 'There is no account and no API key yet.' })
    renderApp(engine, '/team')
    await user.click(await bigSwitch('not possible yet'))
    const dialog = await sheet()
    expect(within(dialog).getByRole('button', { name: 'Start sharing' })).toHaveProperty('disabled', true)
    const form = within(dialog).getByRole('form', { name: 'First, an administrator’s account' })
    expect(form.textContent).toContain('There is no account and no API key yet.')
    await user.type(within(form).getByRole('textbox', { name: 'Name' }), 'Ada')
    await user.type(within(form).getByRole('textbox', { name: 'E-mail' }), 'ada@example.org')
    await user.type(within(form).getByLabelText('Password'), 'correct horse{Enter}')
    await waitFor(() => expect(screen.queryByRole('form', { name: /administrator/ })).toBeNull())
    expect(engine.inputs('team.addPerson')).toEqual([
      { name: 'Ada', email: 'ada@example.org', password: 'correct horse', role: 'admin' },
    ])
    expect(within(dialog).getByRole('button', { name: 'Start sharing' })).toHaveProperty('disabled', false)
  })

  it('shows why it could not start, with both ways on', async () => {
    const engine = withModels()
    const settings = sharingSettingsSchema.parse({ enabled: true })
    engine.state.sharing = sharingOff({ settings, state: 'failed', reason: 'Port 4748 is taken by another program.' })
    renderApp(engine, '/team')
    expect(await screen.findByText('Port 4748 is taken by another program.')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Leave it off' }))
    await bigSwitch('off')
  })

  it('lists who is here and other Switchyards', async () => {
    const engine = withModels()
    engine.state.sharing = sharingFor(sharingSettingsSchema.parse({ enabled: true }), [
      { name: 'lab', url: 'https://192.168.1.31:4748', version: '0.1.0' },
    ])
    renderApp(engine, '/team')
    const here = await screen.findByRole('region', { name: 'Here now' })
    expect(within(here).getByText('Mira Okafor')).toBeDefined()
    const others = screen.getByRole('region', { name: 'Other Switchyards on this network' })
    expect(within(others).getByRole('link').getAttribute('href')).toBe('https://192.168.1.31:4748')
  })

  it('lets waiting people in right there', async () => {
    const engine = withModels()
    engine.state.people = somePeople()
    renderApp(engine, '/team')
    await userEvent.click(await screen.findByRole('button', { name: 'Let in Lena Vogt' }))
    await waitFor(() => expect(screen.queryByText('Lena Vogt')).toBeNull())
    expect(engine.inputs('team.updatePerson')).toEqual([{ id: 'lena', patch: { role: 'user' } }])
  })
})

describe('what everyone may use', () => {
  async function openList(engine: MockEngine) {
    renderApp(engine, '/team')
    await userEvent.click(await bigSwitch('off'))
    return sheet()
  }

  it('opens a whole connection, keeping everything else of it', async () => {
    const engine = withModels()
    const dialog = await openList(engine)
    const attic = await within(dialog).findByRole('switch', { name: /All models of attic$/ })
    expect(attic.getAttribute('aria-checked')).toBe('false')
    await userEvent.click(attic)
    await waitFor(() => expect(attic.getAttribute('aria-checked')).toBe('true'))
    const before = someConnections().find(({ title }) => title === 'attic')
    expect(engine.inputs('connections.update')).toEqual([
      {
        id: before?.id,
        input: expect.objectContaining({ visibility: 'everyone', baseUrl: before?.config?.baseUrl, name: 'attic' }),
        base: before?.revision,
      },
    ])
  })

  it('opens what runs in this app by the team’s setting', async () => {
    const engine = withModels()
    const dialog = await openList(engine)
    const here = await within(dialog).findByRole('switch', { name: /All models that run in this app$/ })
    await userEvent.click(here)
    await waitFor(() => expect(here.getAttribute('aria-checked')).toBe('true'))
    expect(engine.inputs('team.setSettings')).toEqual([{ modelsHere: 'everyone' }])
  })

  it('opens one model', async () => {
    const [model] = catalogOf(fullShelf())
    if (model === undefined) throw new Error('no model')
    const records: PresetRow[] = []
    const engine = withModels(records)
    engine.on('presets.setVisibility', ({ ids }: { ids: string[] }) => {
      for (const id of ids) records.push(openRecord(id))
      return { changed: ids.length }
    })
    const dialog = await openList(engine)
    const toggle = await within(dialog).findByRole('switch', { name: new RegExp(`${model.name}$`) })
    await userEvent.click(toggle)
    await waitFor(() => expect(toggle.getAttribute('aria-checked')).toBe('true'))
    expect(engine.inputs('presets.setVisibility')).toEqual([{ ids: [model.id], visibility: 'everyone' }])
  })
})

function openRecord(id: string): PresetRow {
  return {
    preset: {
      id,
      baseModelId: null,
      name: id,
      params: {},
      meta: {},
      grants: [{ principalType: 'user', principalId: EVERYONE, permission: 'read' }],
      isActive: true,
      ownerId: 'owner',
      createdAt: 0,
      updatedAt: 0,
      extra: {},
    },
    resolvedBaseId: id,
    state: 'ready',
    ownerName: 'owner',
    canWrite: true,
  }
}

describe('readPort', () => {
  it.each([
    ['4748', 4748],
    ['0', 0],
    ['65535', 65_535],
    ['65536', null],
    ['4,748', null],
    ['', null],
    ['-1', null],
  ])('%s is %s', (text, port) => {
    expect(readPort(text)).toBe(port)
  })
})
