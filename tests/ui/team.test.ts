import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserMissing } from '../support/browser.ts'
import { sendByEnter } from '../support/send-by-enter.ts'
import { until } from '../support/until.ts'
import { startWindow, type WindowUnderTest } from './open-window.ts'

/** A second address of this machine: who comes by it is never its owner. */
const NETWORK = '127.0.0.2'
const PASSWORD = 'correct horse battery'

describe.skipIf(browserMissing())('a team in Chromium', () => {
  let app: WindowUnderTest
  /** Where the network finds us, once it is shared. */
  let shared: string
  const guests: BrowserContext[] = []
  beforeAll(async () => {
    app = await startWindow({ SWITCHYARD_MDNS: 'off', ENABLE_OLLAMA_API: 'false', ENABLE_OPENAI_API: 'false' })
    await app.client.settings.update({ welcomed: true })
    await app.client.sharing.update({ address: NETWORK, port: 0, announce: false })
  })
  afterAll(async () => {
    await Promise.all(guests.map((guest) => guest.close()))
    await app?.close()
  })

  /** A browser elsewhere on the network. */
  async function guest(url: string, options: Parameters<typeof app.browser.newContext>[0] = {}): Promise<Page> {
    const context = await app.browser.newContext({
      viewport: { width: 1200, height: 800 },
      locale: 'en-GB',
      ignoreHTTPSErrors: true,
      ...options,
    })
    guests.push(context)
    const page = await context.newPage()
    await page.goto(url)
    return page
  }
  const composer = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })

  async function fillAccount(page: Page, name: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
    await page.getByRole('textbox', { name: 'E-mail' }).fill(`${name.toLowerCase()}@example.org`)
    await page.getByLabel('Password').fill(PASSWORD)
  }

  it('is shared by its owner only once someone can sign in', async () => {
    const owner = await app.open('#/team')
    await owner.getByRole('switch', { name: 'Share on this network: not possible yet' }).click()
    const sheet = owner.getByRole('dialog', { name: 'Share on this network' })
    expect(await sheet.getByRole('button', { name: 'Start sharing' }).isDisabled()).toBe(true)
    await fillAccount(owner, 'Ada')
    await sheet.getByRole('button', { name: 'Make account' }).click()
    await sheet.getByRole('form').waitFor({ state: 'hidden' })
    await sheet.getByRole('switch', { name: /All models that run in this app$/ }).click()
    await sheet.getByRole('button', { name: 'Start sharing' }).click()
    await owner.getByRole('switch', { name: 'Share on this network: on' }).waitFor()
    const state = await app.client.sharing.state()
    expect(state.state).toBe('on')
    shared = String(state.urls[0])
    expect(shared).toMatch(/^https:\/\/127\.0\.0\.2:\d+$/)
    await owner.getByText(shared, { exact: true }).waitFor()
    await owner.getByRole('img', { name: `QR code for ${shared}` }).waitFor()
    expect(await owner.locator('.fingerprint code').textContent()).toBe(state.fingerprint)
    await owner.getByRole('link', { name: /^Team\W+shared on this network$/ }).waitFor()
    expect((await app.client.team.settings()).modelsHere).toBe('everyone')
    await owner.close()
  })

  it('lets an invited person in over the network, who chats, is signed out, and goes on in the same place', async () => {
    const owner = await app.open('#/team/invites')
    await owner.getByRole('button', { name: 'Invite someone' }).click()
    await owner.getByRole('textbox', { name: 'For whom' }).fill('Mira')
    await owner.getByRole('button', { name: 'Make link' }).click()
    const made = owner.getByRole('dialog', { name: 'Invitation for Mira' })
    const link = await made.locator('code').innerText()
    expect(link).toMatch(new RegExp(`^${shared}/#/join/[\\w-]+$`))
    await made.getByRole('button', { name: 'Done' }).click()

    const mira = await guest(link)
    await mira.getByRole('heading', { name: 'Join this Switchyard' }).waitFor()
    await fillAccount(mira, 'Mira')
    await mira.getByRole('button', { name: 'Join' }).click()
    await composer(mira).waitFor()
    const rail = mira.getByRole('navigation', { name: 'Pages' })
    expect(await rail.getByRole('link', { name: /Backends|Settings/ }).count()).toBe(0)
    await composer(mira).fill('Say something short')
    await sendByEnter(mira, composer(mira))
    await mira.getByRole('log').getByRole('button', { name: 'Rerun' }).waitFor()

    // The link works once, and says so.
    const late = await guest(link)
    await fillAccount(late, 'Late')
    await late.getByRole('button', { name: 'Join' }).click()
    await late
      .getByRole('alert')
      .getByText(/invitation was used already or has expired/)
      .waitFor()
    expect(await late.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Late')

    await owner.goto(`${app.serve.url}/#/team/people`)
    await owner.getByRole('row', { name: /^Mira/ }).waitFor()
    await owner.getByRole('button', { name: 'More about Mira' }).click()
    await owner.getByRole('menuitem', { name: 'View as…' }).click()
    const seen = owner.getByRole('dialog', { name: 'What Mira sees' })
    await seen.getByRole('listitem').first().click({ trial: true })
    await owner.keyboard.press('Escape')
    await seen.waitFor({ state: 'hidden' })
    await composer(mira).fill('half a thought')
    await owner.getByRole('button', { name: 'More about Mira' }).click()
    await owner.getByRole('menuitem', { name: 'Sign out everywhere…' }).click()
    await owner.getByRole('button', { name: 'Sign out everywhere' }).click()
    await owner.getByRole('dialog').waitFor({ state: 'hidden' })
    const again = mira.getByRole('dialog', { name: 'Sign in' })
    await until('the next request is refused', async () => {
      if (await again.isVisible()) return true
      await mira.evaluate(() => fetch('/ui/session'))
      await mira.evaluate(() => window.dispatchEvent(new Event('online')))
      return null
    })
    expect(await again.getByText(/nothing that you typed is lost/).isVisible()).toBe(true)
    await again.getByRole('textbox', { name: 'E-mail' }).fill('mira@example.org')
    await again.getByLabel('Password').fill(PASSWORD)
    await again.getByRole('button', { name: 'Sign in' }).click()
    await again.waitFor({ state: 'hidden' })
    expect(await composer(mira).inputValue()).toBe('half a thought')
    await sendByEnter(mira, composer(mira))
    await until('a second answer has ended', async () =>
      (await mira.getByRole('log').getByRole('button', { name: 'Rerun' }).count()) === 2 ? true : null,
    )
    await owner.close()
  })

  it('lets someone who asked in, whose page notices by itself', async () => {
    await app.client.team.setSettings({ signUp: 'request' })
    const owner = await app.open('#/team')
    const kit = await guest(shared)
    await kit.getByRole('link', { name: 'Ask to join' }).click()
    await fillAccount(kit, 'Kit')
    await kit.getByRole('button', { name: 'Ask to join' }).click()
    await kit.getByRole('heading', { name: 'Waiting to be let in' }).waitFor()
    await kit.getByText('Ask Ada.').waitFor()
    await kit.evaluate(() => Object.assign(window, { sameDocument: true }))
    await owner.getByRole('button', { name: 'Let in Kit' }).click()
    await composer(kit).waitFor({ timeout: 15_000 })
    expect(await kit.evaluate(() => 'sameDocument' in window)).toBe(true)
    await owner.close()
  })

  it('slows down whoever guesses, and says until when', async () => {
    const thief = await guest(shared)
    await thief.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org')
    const alert = thief.getByRole('alert')
    await until('guessing is refused', async () => {
      await thief.getByLabel('Password').fill('a wrong guess')
      await thief.getByLabel('Password').press('Enter')
      await thief.getByRole('button', { name: 'Sign in' }).waitFor()
      await alert.waitFor()
      return /^Too many tries\. Try again at \d\d:\d\d\.$/.test((await alert.textContent()) ?? '') ? true : null
    })
  })

  // Contrast goes by scheme and layout by width: two looks see both of each.
  const look = [
    ['light', 1440, 900],
    ['dark', 390, 844],
  ] as const

  it.each(look)('is free of axe violations and cut off nowhere, %s at %i', async (colorScheme, width, height) => {
    const options = { colorScheme, viewport: { width, height } }
    const pages: [string, (page: Page) => Promise<void>][] = [
      ['#/team', (page) => page.getByRole('switch', { name: 'Share on this network: on' }).waitFor()],
      ['#/team/people', (page) => page.getByRole('row', { name: /^Mira/ }).waitFor()],
      ['#/team/groups', (page) => page.getByRole('button', { name: 'New group' }).waitFor()],
      ['#/team/invites', (page) => page.getByRole('row', { name: /^Mira/ }).waitFor()],
      ['#/team/keys', (page) => page.getByRole('button', { name: 'New key' }).waitFor()],
      ['#/team/joining', (page) => page.getByRole('switch', { name: 'Make API keys' }).waitFor()],
    ]
    app.complaints.length = 0
    const owner = await app.open('#/team', options)
    for (const [path, shown] of pages) {
      await owner.goto(`${app.serve.url}/${path}`)
      await shown(owner)
      await expectClean(owner, path)
    }
    await owner.goto(`${app.serve.url}/#/team`)
    await owner.getByRole('button', { name: 'Change…' }).click()
    await owner.getByRole('dialog').getByText('What everyone may use').waitFor()
    await expectClean(owner, 'sheet')
    expect(app.complaints.splice(0)).toEqual([])
    await owner.close()
    const visitor = await guest(`${shared}/#/sign-in`, options)
    await visitor.getByRole('heading', { name: 'Sign in' }).waitFor()
    await expectClean(visitor, 'sign-in')
    await visitor.goto(`${shared}/#/join/abc`)
    await visitor.getByRole('heading', { name: 'Join this Switchyard' }).waitFor()
    await expectClean(visitor, 'join')
  })

  async function expectClean(page: Page, where: string): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).analyze()
    const found = violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map((node) => node.html).join(' | ')}`)
    expect(found).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  }
})
