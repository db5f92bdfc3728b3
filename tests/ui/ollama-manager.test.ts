import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browserMissing } from '../support/browser.ts'
import { until } from '../support/until.ts'
import { scriptedModel } from '../support/upstreams/ollama-answers.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../support/upstreams/ollama-upstream.ts'
import { startWindow, type WindowUnderTest } from './open-window.ts'

describe.skipIf(browserMissing())('the Ollama manager in Chromium, over a scripted server', () => {
  let ollama: OllamaUpstream
  let app: WindowUnderTest
  let path: string
  let connectionId: string
  beforeAll(async () => {
    ollama = await startOllamaUpstream()
    app = await startWindow({ ENABLE_OLLAMA_API: 'true', OLLAMA_BASE_URLS: '', OPENAI_API_KEY: '' })
    const connection = await app.client.connections.create({
      provider: 'ollama',
      name: 'attic',
      baseUrl: ollama.url,
      auth: { type: 'none' },
    })
    connectionId = connection.id
    path = `#/backends/${connection.id}/models`
  })
  afterAll(async () => {
    await app?.close()
    await ollama?.stop()
  })
  beforeEach(() => {
    Object.assign(ollama.script, { stepBytes: 100_000, stepMs: 0, drops: 0, stallAt: null, pushError: null })
  })

  const rowOf = (page: Page, model: string): Locator => page.getByRole('row', { name: new RegExp(model) })
  const jobOf = (page: Page, name: string): Locator => page.getByRole('main').getByRole('listitem', { name })
  const onlyJob = async (model: string) => {
    const jobs = (await app.client.jobs.list()).filter((job) => job.model === model)
    expect(jobs).toHaveLength(1)
    return jobs[0]
  }

  it('completes a pull whose line drops twice, and shows the same job after a reload in the middle', async () => {
    ollama.script.registry.set('dropping:1b', { layers: [6_000_000, 2_000_000] })
    Object.assign(ollama.script, { drops: 2, stepMs: 30 })
    const page = await app.open(path)
    await rowOf(page, 'llama3.1:8b').waitFor()
    await page.getByRole('button', { name: 'Pull', exact: true }).click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Model' }).fill('dropping:1b')
    await page.keyboard.press('Enter')
    const job = jobOf(page, 'Pull dropping:1b')
    await job.waitFor()
    const before = await onlyJob('dropping:1b')

    // The first drop: the row says that it is tried again, and shows no speed.
    await job.getByText(/next try in|trying again/).waitFor()
    expect(await job.textContent()).toContain('The line broke')
    expect(await job.textContent()).not.toMatch(/[kM]B\/s/)
    // Slow from here, so that the next attempt is still under way when the window is back.
    ollama.script.stepMs = 500
    await page.reload()
    await job.waitFor()
    const after = await onlyJob('dropping:1b')
    expect([after?.id, after?.createdAt]).toEqual([before?.id, before?.createdAt])
    expect(after?.completedBytes ?? 0).toBeGreaterThanOrEqual(before?.completedBytes ?? 0)
    // It moves on in the reloaded window, from where it was.
    await job.getByText(/\d+ kB\/s|\d\.\d MB\/s/).waitFor()
    ollama.script.stepMs = 30

    await job.getByText(/^done/).waitFor({ timeout: 30_000 })
    expect(ollama.script.drops).toBe(0)
    expect(ollama.requestsTo('/api/pull').filter(({ body }) => body?.model === 'dropping:1b')).toHaveLength(3)
    await rowOf(page, 'dropping:1b').waitFor()
    const done = await onlyJob('dropping:1b')
    expect([done?.id, done?.state, done?.attempts]).toEqual([before?.id, 'done', 3])
    expect(app.complaints.splice(0)).toEqual([])

    // Dismissed in one window, it is gone from the other too.
    const other = await app.open(path)
    await jobOf(other, 'Pull dropping:1b').waitFor()
    await page.getByRole('button', { name: 'Dismiss: Pull dropping:1b' }).click()
    await jobOf(other, 'Pull dropping:1b').waitFor({ state: 'detached' })
    await other.close()
    await page.close()
  })

  it('goes on with a pull while no window is open, and a cancel leaves the installed version alone', async () => {
    ollama.script.registry.set('llama3.1:8b', { layers: [50_000_000] })
    ollama.script.stepMs = 50
    const digest = ollama.library.models.get('llama3.1:8b')?.digest
    const page = await app.open(path)
    await rowOf(page, 'llama3.1:8b')
      .getByRole('button', { name: /^Actions for/ })
      .click()
    await page.getByRole('menuitem', { name: 'Update', exact: true }).click()
    await jobOf(page, 'Pull llama3.1:8b').waitFor()
    await page.close()
    const seen = (await onlyJob('llama3.1:8b'))?.completedBytes ?? 0
    await until('bytes come without a window', async () =>
      ((await onlyJob('llama3.1:8b'))?.completedBytes ?? 0) > seen + 500_000 ? true : null,
    )
    const again = await app.open(path)
    await jobOf(again, 'Pull llama3.1:8b')
      .getByRole('button', { name: /^Cancel/ })
      .click()
    await jobOf(again, 'Pull llama3.1:8b')
      .getByText(/An installed version stays as it is/)
      .waitFor()
    expect(ollama.library.models.get('llama3.1:8b')?.digest).toBe(digest)
    await rowOf(again, 'llama3.1:8b').waitFor()
    await again.getByRole('button', { name: 'Dismiss: Pull llama3.1:8b' }).click()
    await jobOf(again, 'Pull llama3.1:8b').waitFor({ state: 'detached' })
    await again.close()
  })

  it('shows what is loaded and unloads it', async () => {
    ollama.loaded.set('llama3.1:8b', {
      expiresAt: new Date(Date.now() + 240_000).toISOString(),
      vramBytes: 5_000_000_000,
      contextLength: 4096,
    })
    const page = await app.open(path)
    const row = rowOf(page, 'llama3.1:8b')
    const first = await row.getByText(/\d min \d+ s left/).textContent()
    // It counts down by itself.
    await until('the time goes by', async () =>
      (await row.getByText(/\d min \d+ s left/).textContent()) === first ? null : true,
    )
    await row.getByRole('button', { name: /^Unload/ }).click()
    await row.getByRole('button', { name: /^Unload/ }).waitFor({ state: 'detached' })
    expect(ollama.loaded.size).toBe(0)
    await page.close()
  })

  it('creates from a Modelfile with its mistakes at their lines, then copies and deletes', async () => {
    const page = await app.open(path)
    await rowOf(page, 'llama3.1:8b').waitFor()
    await page.getByRole('button', { name: 'Create…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name of the new model' }).fill('mine')
    const editor = dialog.getByRole('textbox', { name: 'Modelfile' })
    await editor.fill('FROM llama3.1:8b\nPARAMETER temprature 0.2\nSYTEM short')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await dialog.getByRole('button', { name: 'Line 2' }).waitFor()
    await dialog.getByRole('button', { name: 'Line 3' }).waitFor()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
    await editor.fill('FROM llama3.1:8b\nPARAMETER temperature 0.2\nSYSTEM short')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await rowOf(page, 'mine:latest').waitFor()
    expect(ollama.library.models.get('mine:latest')?.system).toBe('short')

    await rowOf(page, 'mine:latest')
      .getByRole('button', { name: /^Actions for/ })
      .click()
    await page.getByRole('menuitem', { name: 'Copy or rename…' }).click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'New name' }).fill('yours')
    await page.keyboard.press('Enter')
    await rowOf(page, 'yours:latest')
      .getByRole('button', { name: /^Actions for/ })
      .click()
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    await page.getByText('Frees no disk: mine:latest uses the same files.').waitFor()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await rowOf(page, 'yours:latest').waitFor({ state: 'detached' })
    expect(ollama.library.models.has('yours:latest')).toBe(false)
    await page.close()
    app.complaints.length = 0
  })

  it('uploads a GGUF through the browser, and a job makes the model of it', async () => {
    const page = await app.open(path)
    await rowOf(page, 'llama3.1:8b').waitFor()
    await page.getByRole('button', { name: 'Upload GGUF…' }).click()
    const dialog = page.getByRole('dialog')
    const chooser = page.waitForEvent('filechooser')
    await dialog.getByRole('button', { name: 'Choose a file…' }).click()
    const bytes = Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(300_000, 7)])
    await (await chooser).setFiles({ name: 'My Tiny (v2).gguf', mimeType: '', buffer: bytes })
    expect(await dialog.getByRole('textbox', { name: 'Name of the model' }).inputValue()).toBe('my-tiny-v2')
    await dialog.getByRole('button', { name: 'Upload', exact: true }).click()
    await rowOf(page, 'my-tiny-v2:latest').waitFor()
    expect([...ollama.library.blobs.values()]).toContain(bytes.length)
    await jobOf(page, 'Upload my-tiny-v2').getByText(/^done/).waitFor()
    await page.close()
  })

  it('says how an update of all models went, failures included', async () => {
    ollama.script.registry.set('all-minilm:latest', { layers: [1000], model: { digest: 'b'.repeat(64) } })
    ollama.script.registry.set('llama3.1:8b', {
      layers: [1000],
      model: { digest: ollama.library.models.get('llama3.1:8b')?.digest ?? '' },
    })
    const page = await app.open(path)
    await rowOf(page, 'llama3.1:8b').waitFor()
    await page.getByRole('button', { name: 'Update all' }).click()
    const job = jobOf(page, 'Update all')
    await job.getByText(/models could not be updated/).waitFor({ timeout: 30_000 })
    await job.getByRole('button', { name: 'Show models' }).click()
    const stateOf = (model: string) => job.getByRole('listitem').filter({ hasText: model }).textContent()
    expect(await stateOf('all-minilm:latest')).toContain('updated')
    expect(await stateOf('llama3.1:8b')).toContain('up to date')
    // Made here: no registry has them.
    expect(await stateOf('mine:latest')).toContain('file does not exist')
    await page.close()
  })

  it('keeps the list, dated, while the server is down, and recovers by itself', async () => {
    const page = await app.open(path)
    await rowOf(page, 'llama3.1:8b').waitFor()
    await ollama.kill()
    await app.client.connections.refresh({ id: connectionId })
    await page.getByText('What happened').first().waitFor()
    await page.getByText(/^as of \d\d:\d\d$/).waitFor()
    await rowOf(page, 'llama3.1:8b').waitFor()
    // A window that is opened now knows it from the engine.
    const late = await app.open(path)
    await late.getByText(/^as of \d\d:\d\d$/).waitFor()
    await rowOf(late, 'llama3.1:8b').waitFor()
    await ollama.revive()
    await app.client.connections.refresh({ id: connectionId })
    await page.getByText(/^as of \d\d:\d\d$/).waitFor({ state: 'detached' })
    await late.getByText(/^as of \d\d:\d\d$/).waitFor({ state: 'detached' })
    await late.close()
    await page.close()
    app.complaints.length = 0
  })

  it('lets Tab leave a long list after the buttons of one row', async () => {
    for (let each = 0; each < 60; each += 1)
      ollama.library.models.set(`many-${each}:latest`, scriptedModel(`many-${each}:latest`))
    try {
      const page = await app.open(path)
      await rowOf(page, 'many-11:latest').waitFor()
      const stop = () =>
        page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName)
      await page.getByRole('row').nth(1).focus()
      await page.keyboard.press('ArrowDown')
      const second = await page.evaluate(() => document.activeElement?.getAttribute('data-name'))
      await page.keyboard.press('Tab')
      expect(await stop()).toBe(`Actions for ${second}`)
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.activeElement?.closest('footer') !== null)).toBe(true)
      // Back the same way, and its menu opens by the keyboard.
      await page.keyboard.press('Shift+Tab')
      expect(await stop()).toBe(`Actions for ${second}`)
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: 'Update', exact: true }).waitFor()
      await page.keyboard.press('Escape')
      await page.keyboard.press('Shift+Tab')
      expect(await stop()).toBe('TR')
      await page.close()
    } finally {
      for (let each = 0; each < 60; each += 1) ollama.library.models.delete(`many-${each}:latest`)
      await app.client.connections.refresh({ id: connectionId })
    }
  })

  it('gives a long list its whole width where columns are hidden', async () => {
    for (let each = 0; each < 60; each += 1)
      ollama.library.models.set(`many-${each}:latest`, scriptedModel(`many-${each}:latest`))
    try {
      for (const width of [390, 800, 1000, 1200]) {
        const page = await app.open(path, { viewport: { width, height: 844 } })
        await rowOf(page, 'many-11:latest').waitFor()
        // Rows out of view stand in a spacer; it must not make room for the columns that are hidden.
        await page.locator('tr.gap').first().waitFor({ state: 'attached' })
        const gaps = await page.evaluate(() =>
          [...document.querySelectorAll('.installed th')]
            .map((cell) => cell.getBoundingClientRect())
            .filter((box) => box.width > 0)
            .map((box, index, boxes) => {
              const edge = boxes[index + 1]?.left ?? document.querySelector('.installed')?.getBoundingClientRect().right
              return Math.round((edge ?? 0) - box.right)
            }),
        )
        expect([width, ...gaps]).toEqual([width, ...gaps.map(() => 0)])
        await page.close()
      }
    } finally {
      for (let each = 0; each < 60; each += 1) ollama.library.models.delete(`many-${each}:latest`)
      await app.client.connections.refresh({ id: connectionId })
    }
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is free of axe violations and of sideways scroll, ${colorScheme}`, async () => {
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
      ]) {
        const page = await app.open(path, { colorScheme, viewport })
        await rowOf(page, 'llama3.1:8b').waitFor()
        const list = await new AxeBuilder({ page }).analyze()
        await rowOf(page, 'llama3.1:8b').click()
        await page.getByText('131,072 tokens').waitFor()
        const open = await new AxeBuilder({ page }).analyze()
        expect(
          [...list.violations, ...open.violations].map(
            ({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' | ')}`,
          ),
        ).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
        await page.close()
      }
      expect(app.complaints.splice(0)).toEqual([])
    })
  }
})
