import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserMissing } from '../support/browser.ts'
import { until } from '../support/until.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../support/upstreams/ollama-upstream.ts'
import { startWindow, type WindowUnderTest } from './open-window.ts'

const KEY = 'sk-canary-0123456789abcdef-9c1e'

describe.skipIf(browserMissing())('the Backends page in Chromium', () => {
  let app: WindowUnderTest
  let ollama: OllamaUpstream
  beforeAll(async () => {
    ollama = await startOllamaUpstream()
    app = await startWindow({ ENABLE_OLLAMA_API: 'true', OLLAMA_BASE_URLS: '', OPENAI_API_KEY: '' })
    for (const view of await app.client.connections.list()) {
      if (view.origin !== 'built-in') await app.client.connections.remove({ id: view.id })
    }
    await app.client.connections.create({
      provider: 'ollama',
      name: 'attic',
      baseUrl: ollama.url,
      probeSeconds: 0.5,
    })
  })
  afterAll(async () => {
    await app?.close()
    await ollama?.stop()
  })

  const cell = (page: Page, name: string): Locator => page.getByRole('article', { name, exact: true })

  it('keeps the clients to the left of the gateway at every width that shows them', async () => {
    for (const width of [640, 700, 760, 1440]) {
      const page = await app.open('#/backends', { viewport: { width, height: 800 } })
      await cell(page, 'attic').waitFor()
      await page.getByText('windows and API').waitFor()
      const room = await page.evaluate(() => {
        const of = (selector: string) => document.querySelector(selector)?.getBoundingClientRect()
        const [text, station, bar] = [of('.board .client .s'), of('.board .stn'), of('.board .bus')]
        return { text: (station?.left ?? 0) - (text?.right ?? 0), line: (bar?.left ?? 0) - (station?.right ?? 0) }
      })
      expect(room.text).toBeGreaterThanOrEqual(8)
      expect(room.line).toBeGreaterThanOrEqual(24)
      await page.close()
    }
  })

  it('shows a backend that dies as Down and one that returns as Ready, without a reload', async () => {
    const page = await app.open('#/backends')
    await cell(page, 'attic').getByText('Ready').waitFor()
    await page.evaluate(() => Object.assign(window, { sameDocument: true }))
    await ollama.kill()
    try {
      await cell(page, 'attic').getByText('Down').waitFor({ timeout: 5000 })
      await page.getByRole('link', { name: /^Backends\W+1 connection down$/ }).waitFor()
      await page.getByRole('contentinfo').getByText('attic down').waitFor()
      // What was known stays, with its age.
      await cell(page, 'attic')
        .getByText(/models as of/)
        .waitFor()
      expect(
        await cell(page, 'attic')
          .getByRole('link', { name: /the 2 models of attic/ })
          .count(),
      ).toBe(1)
    } finally {
      await ollama.revive()
    }
    await cell(page, 'attic').getByText('Ready').waitFor({ timeout: 5000 })
    await page.getByRole('link', { name: 'Backends', exact: true }).waitFor()
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
    await page.close()
    app.complaints.length = 0
  })

  it('adds a connection by keyboard: told what to type, tested live, key never shown again', async () => {
    const page = await app.open('#/backends')
    await cell(page, 'attic').waitFor()
    await page.getByRole('button', { name: 'Add connection' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Add connection' })
    const address = dialog.getByRole('textbox', { name: 'Address' })
    await address.waitFor()
    await until('the address has the focus', async () =>
      (await address.evaluate((input) => input === document.activeElement)) ? true : null,
    )
    const host = new URL(ollama.url).host
    await address.fill(host)
    await dialog.getByLabel('Key 1', { exact: true }).fill(KEY)
    await dialog.getByRole('button', { name: 'Test', exact: true }).click()
    await dialog.getByRole('button', { name: `Use http://${host}` }).click()
    await dialog.getByText('All steps passed.').waitFor()
    expect(await address.inputValue()).toBe(`http://${host}`)
    // Focus stays inside.
    for (let stop = 0; stop < 20; stop++) {
      await page.keyboard.press('Tab')
      // Behind the last element the trap hands it to the first; in between nothing has it, and never what is outside.
      const place = await until('the focus is inside', () =>
        page.evaluate(() => {
          const { activeElement, body } = document
          if (activeElement === null || activeElement === body) return null
          return activeElement.closest('[role="dialog"], [data-base-ui-focus-guard]') === null ? 'outside' : 'inside'
        }),
      )
      expect(place).toBe('inside')
    }
    const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
    await dialog.getByRole('textbox', { name: 'Name' }).fill('second')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await cell(page, 'second').getByText('Ready').waitFor()
    await cell(page, 'second').getByText('••••9c1e').waitFor()
    expect(await page.content()).not.toContain(KEY)
    expect(app.complaints.splice(0)).toEqual([])
    await page.close()
  })

  it('says why a configuration is refused, and keeps what was typed', async () => {
    const page = await app.open('#/backends')
    await cell(page, 'attic').getByRole('button', { name: 'Edit: attic' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit attic' })
    await dialog.getByRole('textbox', { name: 'Address' }).fill('attic.lan:11434')
    await dialog.getByRole('button', { name: 'Save' }).click()
    const alert = dialog.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('Type http://attic.lan:11434')
    const address = dialog.getByRole('textbox', { name: 'Address' })
    expect(await address.inputValue()).toBe('attic.lan:11434')
    expect(await address.getAttribute('aria-invalid')).toBe('true')
    expect((await app.client.connections.list()).map((view) => view.config?.baseUrl)).toContain(ollama.url)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    app.complaints.length = 0
    await page.close()
  })

  it('moves a connection by drag, and the engine keeps the order', async () => {
    const page = await app.open('#/backends')
    await cell(page, 'second').waitFor()
    const names = async () => (await app.client.connections.list()).slice(1).map(({ title }) => title)
    expect(await names()).toEqual(['attic', 'second'])
    await cell(page, 'second')
      .getByRole('button', { name: /^Move second/ })
      .dragTo(cell(page, 'attic'))
    await until('the order is kept', async () => ((await names()).join() === 'second,attic' ? true : null))
    await page.close()
  })

  it('shows that somebody else changed the connection meanwhile, below many fields too', async () => {
    const page = await app.open('#/backends')
    await cell(page, 'attic').getByRole('button', { name: 'Edit: attic' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit attic' })
    await dialog.getByRole('button', { name: 'More', exact: true }).click()
    const view = (await app.client.connections.list()).find(({ title }) => title === 'attic')
    if (view === undefined) throw new Error('there is no attic')
    const own = { provider: 'ollama' as const, baseUrl: ollama.url, name: 'attic' }
    await app.client.connections.update({ id: view.id, input: { ...own, tags: ['theirs'] } })
    await dialog.getByRole('button', { name: 'Save' }).click()
    const load = dialog.getByRole('button', { name: 'Load what is stored now' })
    await isSeen(load)
    await load.click()
    expect(await dialog.getByRole('textbox', { name: 'Tags' }).inputValue()).toBe('theirs')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'hidden' })
    // The refusal itself is in the browser's log.
    expect(app.complaints.splice(0)).toEqual([expect.stringContaining('Failed to load resource')])
    await page.close()
  })

  it('keeps the focus through a test, its end and a question, and saves no wrong number', async () => {
    const page = await app.open('#/backends')
    const attic = cell(page, 'attic')
    const focusIsOn = (name: string): Promise<true> =>
      until(`the focus is on ${name}`, () =>
        page.evaluate((label) => document.activeElement?.getAttribute('aria-label') === label || null, name),
      )
    await attic.getByRole('button', { name: 'Test: attic' }).focus()
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: 'Connection test' })
    await panel.getByText('All steps passed.').waitFor()
    await focusIsOn('Test: attic')
    await panel.getByRole('button', { name: 'Close the test' }).focus()
    await page.keyboard.press('Enter')
    await panel.waitFor({ state: 'detached' })
    await focusIsOn('Test: attic')
    for (const key of ['Enter', 'Escape']) {
      await attic.getByRole('button', { name: 'More: attic' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: 'Remove' }).press('Enter')
      await until('the focus is on Keep', () =>
        page.evaluate(() => document.activeElement?.textContent === 'Keep' || null),
      )
      await page.keyboard.press(key)
      await focusIsOn('More: attic')
    }
    await attic.getByRole('button', { name: 'Edit: attic' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Edit attic' })
    await dialog.getByRole('button', { name: 'More', exact: true }).click()
    const field = dialog.getByRole('textbox', { name: 'Connect, s' })
    const connectMs = async (): Promise<number | undefined> =>
      (await app.client.connections.list()).find(({ title }) => title === 'attic')?.config?.timeouts.connectMs
    await field.fill('9999')
    await field.press('Enter')
    await isSeen(dialog.getByText('Between 0.1 and 600.'))
    await dialog.getByRole('button', { name: 'Save' }).click()
    await focusIsOn('Connect, s')
    await isSeen(dialog.getByText('Between 0.1 and 600.'))
    expect(await connectMs()).toBe(5000)
    // Nor does a click beside the sheet take it away.
    await dialog.getByRole('textbox', { name: 'Tags' }).fill('own')
    await page.mouse.click(5, 450)
    await field.fill('7')
    await field.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    expect(await connectMs()).toBe(7000)
    expect(app.complaints.splice(0)).toEqual([])
    await page.close()
  })

  it('opens the form for a key that is pasted anywhere', async () => {
    const page = await app.open('#/backends')
    await cell(page, 'attic').waitFor()
    await page.evaluate(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text', 'gsk_0123456789abcdef0123456789')
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    })
    const dialog = page.getByRole('dialog', { name: 'Add connection' })
    await dialog.getByRole('combobox', { name: 'Provider: Groq' }).waitFor()
    await page.close()
  })

  it.each([
    ['light', 1440, 900],
    ['dark', 1440, 900],
    ['light', 390, 844],
    ['dark', 900, 700],
  ] as const)('is free of axe violations and cut off nowhere, %s at %i', async (colorScheme, width, height) => {
    const page = await app.open('#/backends', { colorScheme, viewport: { width, height } })
    await cell(page, 'attic').getByRole('button', { name: 'Test: attic' }).click()
    await page.getByRole('complementary', { name: 'Connection test' }).getByText('All steps passed.').waitFor()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    expect(app.complaints.splice(0)).toEqual([])
    await page.close()
  })
})

/** Nothing lies over it, and no edge of a sheet cuts it off. */
async function isSeen(element: Locator): Promise<void> {
  await element.waitFor()
  await until('it is seen', () =>
    element.evaluate((node) => {
      const box = node.getBoundingClientRect()
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
      return node.contains(top) || null
    }),
  )
}
