import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { browserMissing } from '../support/browser.ts'
import { until } from '../support/until.ts'
import { scriptedModel } from '../support/upstreams/ollama-answers.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../support/upstreams/ollama-upstream.ts'
import { startWindow, type WindowUnderTest } from './open-window.ts'

const MANY = 500

describe.skipIf(browserMissing())('the model picker in Chromium', () => {
  let large: OllamaUpstream
  let small: OllamaUpstream
  let app: WindowUnderTest
  beforeAll(async () => {
    const numbers = Array.from({ length: MANY }, (_, index) => String(index).padStart(3, '0'))
    large = await startOllamaUpstream({ models: numbers.map((number) => scriptedModel(`shelf-${number}:8b`)) })
    small = await startOllamaUpstream({
      models: [scriptedModel('lonely:1b'), scriptedModel('vectors:latest', { capabilities: ['embedding'] })],
    })
    app = await startWindow({ ENABLE_OLLAMA_API: 'true', OLLAMA_BASE_URLS: '', OPENAI_API_KEY: '' })
    await app.client.settings.update({ welcomed: true })
    for (const view of await app.client.connections.list()) {
      if (view.origin !== 'built-in') await app.client.connections.remove({ id: view.id })
    }
    for (const [name, { url }] of Object.entries({ shelf: large, corner: small })) {
      await app.client.connections.create({ provider: 'ollama', name, baseUrl: url, probeSeconds: 0.5 })
    }
    await until('all models are known', async () => {
      const ids = (await app.client.models.catalog()).map(({ id }) => id)
      return ids.length > MANY && ids.includes('lonely:1b') ? true : null
    })
  }, 60_000)
  afterAll(async () => {
    await app?.close()
    await Promise.all([large?.stop(), small?.stop()])
  })
  afterEach(() => {
    expect(app.complaints.splice(0)).toEqual([])
  })

  const trigger = (page: Page) => page.getByRole('combobox', { name: /^Model: / })
  const search = (page: Page) => page.getByRole('combobox', { name: 'Search models' })
  const highlighted = (page: Page) => page.locator('[role=option][data-highlighted]')

  async function opened(options: Parameters<WindowUnderTest['open']>[1] = {}): Promise<Page> {
    const page = await app.open('#/chat', options)
    await trigger(page).click()
    await search(page).waitFor()
    return page
  }

  it('draws a screenful of 500 models, reaches all of them by keyboard, and says where one stands', async () => {
    const page = await opened()
    const options = page.getByRole('option')
    await options.first().waitFor()
    expect(await options.count()).toBeLessThan(40)
    await search(page).fill('shelf')
    await page.keyboard.press('ArrowUp')
    await page.locator(`[role=option][data-highlighted][aria-posinset="${MANY}"]`).waitFor()
    expect(await highlighted(page).getAttribute('aria-setsize')).toBe(String(MANY))
    const id = await highlighted(page).getAttribute('id')
    expect(await search(page).getAttribute('aria-activedescendant')).toBe(id)
  })

  it('finds by a few letters, chooses with Enter, and gives the focus back', async () => {
    const page = await opened()
    await page.keyboard.type('shlf 417')
    await until('one is left', async () => ((await page.getByRole('option').count()) === 1 ? true : null))
    expect(await page.getByRole('option').textContent()).toMatch(/shelf-417:8b.*shelf · sees · tools · thinks.*Q4_K_M/)
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'Model: shelf-417:8b, Here' }).waitFor()
    expect(await trigger(page).evaluate((element) => element === document.activeElement)).toBe(true)
    await trigger(page).click()
    await page.keyboard.type('nothing like it')
    await page.getByText('No model matches.').waitFor()
    await page.keyboard.press('Escape')
    await search(page).waitFor({ state: 'detached' })
    await page.getByRole('combobox', { name: 'Model: shelf-417:8b, Here' }).waitFor()
  })

  it('shows what appears and what goes away while it is open; embedding models never', async () => {
    const page = await opened()
    await page.keyboard.type('corner')
    await page.getByRole('option', { name: /lonely:1b/ }).waitFor()
    expect(await page.getByRole('option', { name: /vectors/ }).count()).toBe(0)
    small.library.models.set('fresh:2b', scriptedModel('fresh:2b'))
    const corner = (await app.client.connections.list()).find(({ title }) => title === 'corner')
    await app.client.connections.refresh({ id: String(corner?.id) })
    await page.getByRole('option', { name: /fresh:2b/ }).waitFor()
    await small.kill()
    try {
      const gone = page.getByRole('option', { name: /lonely:1b.*as of/ })
      await gone.waitFor()
      expect(await gone.getAttribute('aria-disabled')).toBe('true')
      await page.getByText('Not available now').waitFor()
    } finally {
      await small.revive()
    }
    await page.locator('[role=option]:not([aria-disabled=true])', { hasText: 'lonely:1b' }).waitFor()
  })

  it.each(['light', 'dark'] as const)('has no axe finding in %s, wide and narrow', async (colorScheme) => {
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      const page = await opened({ colorScheme, viewport })
      await page.getByRole('option').first().waitFor()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width)
    }
  })
})
