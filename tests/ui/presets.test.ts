import { readFileSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { browserMissing } from '../support/browser.ts'
import { until } from '../support/until.ts'
import { startWindow, type WindowUnderTest } from './open-window.ts'

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

describe.skipIf(browserMissing())('a person’s own models in Chromium', () => {
  let app: WindowUnderTest
  beforeAll(async () => {
    app = await startWindow()
    await app.client.settings.update({ welcomed: true })
    await until('the demo model is ready', async () =>
      (await app.client.models.catalog()).some((model) => model.id === 'demo' && model.state === 'ready') ? true : null,
    )
  })
  afterAll(async () => {
    await app?.close()
  })
  afterEach(() => {
    expect(app.complaints.splice(0)).toEqual([])
  })

  const text = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
  const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true })

  async function saved(page: Page): Promise<void> {
    await until('the form says that all is saved', async () => ((await save(page).isDisabled()) ? true : null))
  }

  it('makes a model by hand: base, name, picture, prompt, parameter', async () => {
    const page = await app.open('#/models')
    await page.getByRole('link', { name: 'Your models' }).click()
    await page.getByText('No model of your own yet.', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'New model' }).click()
    await page.getByRole('combobox', { name: 'Model: no model' }).click()
    await page.getByRole('combobox', { name: 'Search models' }).fill('demo')
    await page.keyboard.press('Enter')
    await text(page, 'Name').fill('Guide: first steps')
    expect(await text(page, 'Id').inputValue()).toBe('guide-first-steps')
    await text(page, 'Id').fill('guide/first:1')
    await text(page, 'Description').fill('Answers beginners.')
    await page
      .getByLabel('Choose a picture', { exact: true })
      .and(page.locator('input'))
      .setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer: PICTURE })
    await page.getByText('Kept in the model', { exact: false }).waitFor()
    await text(page, 'System prompt').fill('You help on {{CURRENT_WEEKDAY}}.')
    await page
      .getByText(/^You help on (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\.$/)
      .first()
      .waitFor()
    await text(page, 'Temperature').fill('0.4')
    await text(page, 'Temperature').press('Enter')
    await page.getByRole('button', { name: 'Add a suggestion' }).click()
    await text(page, 'Suggestion 1').fill('Where do I begin?')
    await page.getByRole('button', { name: 'Make it' }).click()
    await page.waitForURL(/#\/models\/presets\/guide%2Ffirst%3A1$/)
    await saved(page)
    const { preset } = await app.client.presets.get({ id: 'guide/first:1' })
    expect(preset).toMatchObject({
      baseModelId: 'demo',
      name: 'Guide: first steps',
      params: { temperature: 0.4, system: 'You help on {{CURRENT_WEEKDAY}}.' },
      meta: { description: 'Answers beginners.' },
    })
    expect(String(preset.meta.profile_image_url)).toMatch(/^data:image\/(webp|png);base64,/)
    // The address leads back to it.
    await page.reload()
    await text(page, 'Name').waitFor()
    expect(await text(page, 'Name').inputValue()).toBe('Guide: first steps')
    await page.close()
  })

  it('shows the engine’s complaint at the parameter', async () => {
    const page = await app.open('#/models/presets/guide%2Ffirst%3A1')
    await text(page, 'Name').waitFor()
    await page.getByRole('button', { name: 'JSON' }).click()
    const json = text(page, 'The model as JSON')
    await json.fill((await json.inputValue()).replace('"temperature": 0.4', '"temperature": 99'))
    await save(page).click()
    const alert = page.locator('[data-field="params.temperature"]').getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toMatch(/temperature/i)
    expect((await app.client.presets.get({ id: 'guide/first:1' })).preset.params.temperature).toBe(0.4)
    await page.getByRole('button', { name: 'Discard changes' }).click()
    await page.close()
    app.complaints.length = 0
  })

  it('tries the draft beside the saved version', async () => {
    const page = await app.open('#/models/presets/guide%2Ffirst%3A1')
    await text(page, 'Description').fill('Answers beginners, briefly.')
    await text(page, 'A prompt to try').fill('What can you do?')
    await page.getByRole('button', { name: 'Try', exact: true }).click()
    for (const name of ['Saved version', 'Draft']) {
      await page
        .getByRole('region', { name })
        .getByText(/to first token/)
        .waitFor()
      expect((await page.getByRole('region', { name }).locator('p').last().textContent())?.length).toBeGreaterThan(10)
    }
    expect(await app.client.chats.list({})).toEqual([])
    await page.getByRole('button', { name: 'Discard changes' }).click()
    await page.close()
  })

  it('chats with it, from its own suggestion', async () => {
    const page = await app.open('#/chat')
    await page.getByRole('combobox', { name: /^Model:/ }).click()
    await page.getByRole('combobox', { name: 'Search models' }).fill('guide')
    await page
      .getByRole('option', { name: /Guide: first steps/ })
      .getByText('on demo', { exact: false })
      .waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Answers beginners.').waitFor()
    await page.getByRole('button', { name: 'Where do I begin?' }).click()
    await page.getByRole('textbox', { name: 'Message', exact: true }).press('Enter')
    await page.getByRole('log').getByRole('button', { name: 'Rerun' }).last().waitFor()
    const [chat] = await app.client.chats.list({})
    expect(chat?.modelId).toBe('guide/first:1')
    await page.close()
  })

  it('keeps what it was, shows the difference, and goes back', async () => {
    const page = await app.open('#/models/presets/guide%2Ffirst%3A1')
    await text(page, 'Name').fill('Guide, second thoughts')
    await save(page).click()
    await saved(page)
    await page.getByRole('button', { name: 'History' }).click()
    const versions = page.getByRole('button', { name: /^Show what changed in version/ })
    await until('the version before is listed', async () => ((await versions.count()) === 1 ? true : null))
    await versions.last().click()
    await page.locator('del').getByText('Guide: first steps', { exact: false }).waitFor()
    await page.locator('ins').getByText('Guide, second thoughts', { exact: false }).waitFor()
    await page.getByRole('button', { name: /^Go back to version/ }).click()
    await page.getByRole('heading', { name: 'Guide: first steps' }).waitFor()
    await until('both versions before are kept', async () => ((await versions.count()) === 2 ? true : null))
    expect((await app.client.presets.get({ id: 'guide/first:1' })).preset.name).toBe('Guide: first steps')
    await page.close()
  })

  it('asks before unsaved changes are left, also by the back button', async () => {
    const page = await app.open('#/models/presets')
    await page.getByRole('link', { name: 'Guide: first steps' }).click()
    await text(page, 'Name').fill('Half done')
    await page.goBack()
    const dialog = page.getByRole('dialog', { name: 'Leave with unsaved changes?' })
    await dialog.waitFor()
    await dialog.getByRole('button', { name: 'Stay' }).click()
    expect(await text(page, 'Name').inputValue()).toBe('Half done')
    await page.getByRole('link', { name: 'Chat' }).click()
    await dialog.getByRole('button', { name: 'Discard them' }).click()
    await page.waitForURL(/#\/chat/)
    await page.close()
  })

  it('exports a model to a file and imports it after it was deleted, with nothing lost', async () => {
    const page = await app.open('#/models/presets', { acceptDownloads: true })
    const before = (await app.client.presets.get({ id: 'guide/first:1' })).preset
    await page.getByRole('button', { name: 'More for Guide: first steps' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Export' }).click(),
    ])
    const file = await download.path()
    const name = download.suggestedFilename()
    expect(name).toBe('switchyard-model-guide-first-1.json')
    await page.getByRole('button', { name: 'More for Guide: first steps' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByText('No model of your own yet.', { exact: false }).waitFor()
    await page
      .locator('header input[type="file"]')
      .setInputFiles({ name, mimeType: 'application/json', buffer: readFileSync(file) })
    const sheet = page.getByRole('dialog', { name: `Import: ${name}` })
    await sheet.getByText('1 made').waitFor()
    await sheet.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('link', { name: 'Guide: first steps' }).waitFor()
    const { preset } = await app.client.presets.get({ id: 'guide/first:1' })
    expect(preset).toMatchObject({ name: before.name, params: before.params, meta: before.meta })
    await page.close()
  })

  it.each([
    ['light', 1440, 900],
    ['dark', 390, 844],
  ] as const)('is free of axe violations and cut off nowhere, %s at %i', async (colorScheme, width, height) => {
    for (const path of ['#/models/presets', '#/models/presets/guide%2Ffirst%3A1']) {
      const page = await app.open(path, { colorScheme, viewport: { width, height } })
      await page
        .getByRole('link', { name: 'Guide: first steps' })
        .or(page.getByRole('slider', { name: 'Temperature' }))
        .waitFor()
      for (const tab of path.endsWith('presets') ? [null] : ['Request', 'History', 'JSON']) {
        if (tab !== null) await page.getByRole('button', { name: tab, exact: true }).click()
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
        const cut = await page.evaluate(() => {
          const main = document.getElementById('main')
          return main === null || main.scrollWidth > main.clientWidth + 1
        })
        expect(cut).toBe(false)
      }
      await page.close()
    }
  })
})
