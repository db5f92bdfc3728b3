import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserMissing } from '../support/browser.ts'
import { ensureTestModels } from '../support/test-models.ts'
import { until } from '../support/until.ts'
import { startWindow, type WindowUnderTest } from './open-window.ts'

describe.skipIf(browserMissing())('the pages in Chromium', () => {
  let models: string
  let app: WindowUnderTest
  let chatPath: string
  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'switchyard-ui-pages-'))
    writeFileSync(join(models, 'broken.gguf'), '<html>not a model</html>')
    app = await startWindow({ SWITCHYARD_MODELS_DIR: models })
    const { id } = await app.client.chats.create({ modelId: 'demo' })
    const { answer } = await app.client.chats.send({ id, parentId: null, content: 'Write some code', modelId: 'demo' })
    for await (const event of await app.client.chats.watch({ answerId: answer.id })) if (event.type === 'end') break
    chatPath = `#/chat/${id}`
    await until('the broken file is refused', async () =>
      (await app.client.models.files()).some((file) => file.state === 'quarantined') ? true : null,
    )
  })
  afterAll(async () => {
    await app?.close()
    rmSync(models, { recursive: true, force: true })
  })

  const pages = [
    ['welcome', '#/welcome'],
    ['chat', 'chat'],
    ['models', '#/models'],
    ['settings', '#/settings'],
  ] as const
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, path] of pages) {
      it(`${name} is free of axe violations and complaints, ${colorScheme}`, async () => {
        const page = await app.open(path === 'chat' ? chatPath : path, { colorScheme })
        // Not the one that stands there while the page's own code comes.
        await page.locator('main:not([aria-busy])').first().waitFor()
        if (name === 'chat') await page.getByRole('log').locator('pre').first().waitFor()
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
        expect(app.complaints.splice(0)).toEqual([])
        await page.close()
      })
    }
  }

  it.each([
    ['wide', 1440, 900],
    ['narrow', 390, 844],
  ])('nothing is cut off at the side, %s', async (_name, width, height) => {
    for (const [, path] of pages) {
      const page = await app.open(path === 'chat' ? chatPath : path, { viewport: { width, height } })
      await page.getByRole('main').first().waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
      await page.close()
    }
  })

  it('keeps the first page within its width for a model with a very long name', async () => {
    const id = 'a-model-with-a-very-long-name-that-does-not-fit-into-any-button-of-any-page-at-all-instruct-Q8_0'
    const file = join(models, `${id}.gguf`)
    symlinkSync((await ensureTestModels()).demoLong, file)
    try {
      await until('it is checked', async () =>
        (await app.client.models.catalog()).some((model) => model.id === id && model.state === 'ready') ? true : null,
      )
      for (const width of [390, 1440]) {
        const page = await app.open('#/welcome', { viewport: { width, height: 844 } })
        const button = page.getByRole('button', { name: /^Use what you have: a-model-with/ })
        await button.waitFor()
        const room = await button.evaluate((element) => {
          const around = element.parentElement?.getBoundingClientRect().right ?? 0
          return around - element.getBoundingClientRect().right
        })
        expect(room).toBeGreaterThanOrEqual(0)
        // What cannot be scrolled to is cut off all the same.
        const beyond = (where: Page) =>
          where.evaluate(() =>
            [...document.querySelectorAll('main, main :is(section, form, button)')]
              .filter((one) => one.getBoundingClientRect().right > window.innerWidth)
              .map((one) => one.outerHTML.slice(0, 80)),
          )
        expect(await beyond(page)).toEqual([])
        await page.close()
        const { id: chat } = await app.client.chats.create({ modelId: id })
        const open = await app.open(`#/chat/${chat}`, { viewport: { width, height: 844 } })
        await open.getByRole('combobox', { name: `Model: ${id}, Here` }).waitFor()
        expect(await beyond(open)).toEqual([])
        await open.close()
      }
    } finally {
      rmSync(file)
    }
  })

  it('shows a quarantined file with its reason', async () => {
    const page = await app.open('#/models')
    const reason = (await app.client.models.files()).find((file) => file.id === 'broken')?.reason ?? 'no reason'
    await page.getByText(reason).first().waitFor()
    await page.close()
  })

  it('takes a GGUF file that is chosen in the browser, and refuses one that is none', async () => {
    const page = await app.open('#/models')
    await page.getByRole('button', { name: 'Import GGUF' }).click()
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('dialog').getByRole('button', { name: 'Upload files' }).click()
    const { demoEmbed } = await ensureTestModels()
    await (await chooser).setFiles({ name: 'uploaded.gguf', mimeType: '', buffer: readFileSync(demoEmbed) })
    await until('the file is there and checked', async () =>
      (await app.client.models.files()).some((file) => file.id === 'uploaded' && file.state === 'ready') ? true : null,
    )
    await page.close()
    app.complaints.length = 0
  })

  it('loads and unloads a model from its row', async () => {
    const page = await app.open('#/models')
    const loaded = async () =>
      (await app.client.models.files()).find((file) => file.id === 'demo')?.loaded?.state ?? null
    await app.client.models.unload({ id: 'demo' })
    await page.getByRole('row', { name: /demo/ }).first().getByRole('button', { name: 'Load' }).click()
    await until('it is loaded', async () => ((await loaded()) === 'loaded' ? true : null))
    await page.getByRole('row', { name: /demo/ }).first().getByRole('button', { name: 'Unload' }).click()
    await until('it is unloaded', async () => ((await loaded()) === null ? true : null))
    await page.close()
  })

  it('speaks Chinese, keeps the choice, and sets theme and language on the document', async () => {
    const page = await app.open('#/settings')
    await page.getByText('中文').first().click()
    await page.waitForFunction(() => document.documentElement.lang.startsWith('zh'))
    await page.reload()
    await page.waitForFunction(() => document.documentElement.lang.startsWith('zh'))
    expect((await app.client.settings.get()).values.language).toBe('zh')
    await app.client.settings.update({ language: 'en', theme: 'dark' })
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
    await page.waitForFunction(() => document.documentElement.lang.startsWith('en'))
    await app.client.settings.update({ language: 'system', theme: 'system' })
    await page.close()
  })

  it('can be used by keyboard alone', async () => {
    const page = await app.open(chatPath)
    await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor()
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog')
    if (!(await sheet.isVisible())) {
      // The composer has the focus and takes the character; from the page it opens the sheet.
      await page.getByRole('textbox', { name: 'Message', exact: true }).fill('')
      await page.getByRole('log').focus()
      await page.keyboard.press('?')
    }
    await sheet.waitFor()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'hidden' })
    // Every stop of the Tab key has a name and a visible outline.
    for (let stop = 0; stop < 25; stop++) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null
        if (element === null || element === document.body) return null
        const name = element.getAttribute('aria-label') ?? element.textContent ?? ''
        return {
          html: element.outerHTML.slice(0, 120),
          named: name.trim() !== '' || element.matches('input,textarea,[aria-labelledby]'),
        }
      })
      if (focused !== null) expect(focused, focused.html).toMatchObject({ named: true })
    }
    await page.close()
  })
})
