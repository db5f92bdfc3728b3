import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sendByEnter } from '../support/send-by-enter.ts'
import { closeBrowser, type Double, launchDouble } from './electron-double/host.ts'

describe.skipIf(process.env.SWITCHYARD_SKIP_UI)('a chat in the window, through the Electron double', () => {
  let app: Double
  beforeAll(async () => {
    app = await launchDouble()
  })
  afterAll(async () => {
    await app.stop()
    await closeBrowser()
  })

  const thread = (page: Page) => page.getByRole('log')

  async function ask(page: Page, text: string): Promise<void> {
    const composer = page.locator('form').getByRole('textbox').last()
    await composer.fill(text)
    await sendByEnter(page, composer)
  }

  it('answers a newcomer after one click', async () => {
    const { page } = await app.window()
    await page.getByRole('button', { name: 'Try it with the demo' }).click()
    await page.getByText('Here is what I can show').waitFor()
    await page.getByRole('button', { name: 'Rerun' }).waitFor()
    // All of it went over the port: the page has no other way, and asked nothing of the network.
    expect(app.seen.outsideRequests).toEqual([])
    expect(new Set(app.seen.deliveries.map(({ channel }) => channel))).toEqual(new Set(['switchyard:port']))
  })

  it('highlights code in a worker, under the policy', async () => {
    const { page } = await app.window()
    await ask(page, 'Show me some code')
    const block = thread(page).locator('pre').first()
    await block.waitFor()
    await vi.waitFor(async () => expect(await block.locator('span').count()).toBeGreaterThan(5), { timeout: 20_000 })
    await page.getByRole('button', { name: 'Rerun' }).nth(1).waitFor()
  })

  it('goes on streaming an answer while the window reloads, and loses none of it', async () => {
    const { page: before } = await app.window()
    await ask(before, 'Go on forever')
    const length = async (page: Page) =>
      (
        await thread(page)
          .innerText()
          .catch(() => '')
      ).length
    const settled = await length(before)
    await vi.waitFor(async () => expect(await length(before)).toBeGreaterThan(settled + 100), { timeout: 20_000 })
    const seen = await length(before)
    await app.call('menu.click', 'View', 'Reload Window')
    const after = await vi.waitFor(
      async () => {
        const { page } = await app.window()
        expect(page).not.toBe(before)
        expect(await length(page)).toBeGreaterThan(seen)
        return page
      },
      { timeout: 20_000 },
    )
    const resumed = await length(after)
    await vi.waitFor(async () => expect(await length(after)).toBeGreaterThan(resumed + 50), { timeout: 20_000 })

    await after.getByRole('button', { name: 'Stop' }).first().click()
    await after.getByRole('button', { name: 'Rerun' }).last().waitFor()
    const stopped = await length(after)
    expect(stopped).toBeGreaterThan(resumed)
  })

  it('met nothing that the policy refuses', () => {
    expect(app.seen.consoleErrors).toEqual([])
    expect(app.seen.faults).toEqual([])
    expect(app.output()).toBe('')
  })
})
