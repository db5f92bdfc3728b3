import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { browserMissing } from '../support/browser.ts'
import { sendByEnter } from '../support/send-by-enter.ts'
import { ensureTestModels } from '../support/test-models.ts'
import { until } from '../support/until.ts'
import { startWindow, type WindowUnderTest } from './open-window.ts'

const ENDLESS = 'Go on in an endless loop'

describe.skipIf(browserMissing())('the chat page in Chromium', () => {
  let models: string
  let app: WindowUnderTest
  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'switchyard-ui-models-'))
    symlinkSync((await ensureTestModels()).demoLong, join(models, 'demo-long.gguf'))
    app = await startWindow({ SWITCHYARD_MODELS_DIR: models })
    await until('demo-long is checked', async () =>
      (await app.client.models.files()).some((file) => file.id === 'demo-long' && file.state === 'ready') ? true : null,
    )
    // Long enough that an answer outlasts a reload.
    await app.client.models.setOptions({ id: 'demo-long', options: { contextSize: 131_072, sequences: 1 } })
  })
  afterAll(async () => {
    await app?.close()
    rmSync(models, { recursive: true, force: true })
  })
  afterEach(() => {
    expect(app.complaints.splice(0)).toEqual([])
  })

  function log(page: Page) {
    return page.getByRole('log')
  }

  function composer(page: Page) {
    return page.getByRole('textbox', { name: 'Message', exact: true })
  }

  async function say(page: Page, text: string): Promise<void> {
    await composer(page).fill(text)
    await sendByEnter(page, composer(page))
  }

  async function newChat(modelId: string): Promise<Page> {
    await app.client.settings.update({ welcomed: true })
    const { id } = await app.client.chats.create({ modelId })
    const page = await app.open(`#/chat/${id}`)
    await composer(page).waitFor()
    return page
  }

  const finished = (page: Page) => log(page).getByRole('button', { name: 'Rerun' }).last().waitFor()

  it('gets a newcomer to the first token with one click', async () => {
    const page = await app.open()
    await page.getByRole('button', { name: /demo/i }).first().waitFor()
    await page
      .getByRole('main')
      .getByRole('button', { name: /^(Try it with|Use what you have)/ })
      .click()
    await finished(page)
    const [conversation] = await app.client.chats.list({})
    const thread = await app.client.chats.thread({ id: String(conversation?.id) })
    expect(thread.tail.at(-1)).toMatchObject({ role: 'assistant', status: 'complete' })
    await expectText(page, String(thread.tail.at(-1)?.content).slice(0, 20))
    await expectText(page, 'Here')
  })

  it('shows code, keeps every branch of reruns and edits, and copies', async () => {
    const page = await newChat('demo')
    await say(page, 'Write some code')
    await finished(page)
    await log(page).locator('pre').first().waitFor()
    await log(page).getByRole('button', { name: 'Rerun' }).click()
    await log(page).getByText('2 of 2').waitFor()
    await log(page).getByRole('button', { name: 'Older answer' }).click()
    await log(page).getByText('1 of 2').waitFor()

    await log(page).getByRole('button', { name: 'Edit' }).first().click()
    await page.getByRole('textbox', { name: 'Edit your message' }).fill('Show me a table')
    await page.getByRole('button', { name: 'Save and send' }).click()
    await log(page).getByRole('table').waitFor()
    await finished(page)
    await log(page).getByRole('button', { name: 'Older version of your message' }).first().click()
    await expectText(page, 'Write some code')
    await log(page).getByRole('table').waitFor({ state: 'detached' })
  })

  it('goes on through a reload and a closed window, and stops on Esc', async () => {
    const page = await newChat('demo-long')
    await say(page, ENDLESS)
    const length = async (of: Page) => (await log(of).textContent())?.length ?? 0
    await until('text is streaming', async () => ((await length(page)) > 400 ? true : null))
    await page.reload()
    await until('text is back', async () => ((await length(page)) > 400 ? true : null))
    const afterReload = await length(page)
    await until('it goes on after the reload', async () => ((await length(page)) > afterReload ? true : null))

    const url = page.url()
    await page.close()
    const [conversation] = await app.client.chats.list({})
    expect(conversation?.answering).toBe(true)
    const again = await app.open(url.slice(url.indexOf('#')))
    await until('it is still streaming', async () => ((await length(again)) > afterReload ? true : null))
    await composer(again).focus()
    await again.keyboard.press('Escape')
    await finished(again)
    const thread = await app.client.chats.thread({ id: String(conversation?.id) })
    expect(thread.tail.at(-1)).toMatchObject({ status: 'stopped' })
    expect(thread.tail.at(-1)?.content.length).toBeGreaterThan(400)
  })

  it('stays at the end when the view gets lower or narrower, and holds the place of who reads above', async () => {
    const page = await newChat('demo')
    for (let turn = 1; turn <= 3; turn += 1) {
      await say(page, 'Tell me a story')
      await until(`answer ${turn} is there`, async () => {
        const [chat] = await app.client.chats.list({})
        return chat?.messageCount === 2 * turn && !chat.answering ? true : null
      })
    }
    const below = () => log(page).evaluate((view) => Math.round(view.scrollHeight - view.clientHeight - view.scrollTop))
    const atEnd = (why: string) => until(why, async () => ((await below()) <= 1 ? true : null))
    await page.setViewportSize({ width: 900, height: 480 })
    await atEnd('at the end of the lower window')
    await page.setViewportSize({ width: 390, height: 480 })
    await atEnd('at the end of the narrow window')
    // A message of several lines takes its room from the thread.
    const before = await log(page).evaluate((view) => view.clientHeight)
    await composer(page).fill('one\ntwo\nthree\nfour\nfive')
    await until('the thread is lower', async () =>
      (await log(page).evaluate((view) => view.clientHeight)) < before - 60 ? true : null,
    )
    await atEnd('at the end above a tall message')

    await log(page).evaluate((view) => view.scrollTo({ top: 0 }))
    await page.getByRole('button', { name: /^(New below|To the end)/ }).waitFor()
    await composer(page).fill('')
    await until('the thread is higher', async () =>
      (await log(page).evaluate((view) => view.clientHeight)) >= before ? true : null,
    )
    expect(await log(page).evaluate((view) => view.scrollTop)).toBeLessThan(100)
    await page.close()
  })

  it('goes on answering after a double click on Send, in a new chat and in an open one', async () => {
    await app.client.settings.update({ welcomed: true, defaultModelId: 'demo-long' })
    const page = await app.open('#/chat')
    const button = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).last()
    await page.getByRole('combobox', { name: /^Model: demo-long/ }).waitFor()
    for (const text of [ENDLESS, `${ENDLESS} again`]) {
      await composer(page).fill(text)
      const box = await button('Send').boundingBox()
      if (box === null) throw new Error('Send is not to be seen')
      const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
      await page.mouse.click(at.x, at.y)
      await page.locator('.composer').getByRole('button', { name: 'Stop' }).waitFor()
      await page.mouse.down({ clickCount: 2 })
      await page.mouse.up({ clickCount: 2 })
      await page.keyboard.type('typed on')
      const [conversation] = await app.client.chats.list({})
      expect(conversation?.answering).toBe(true)
      expect(await composer(page).inputValue()).toBe('typed on')
      await page.keyboard.press('Escape')
      await button('Send').waitFor()
    }
  })

  it('keeps a draft, finds old messages, and takes a deletion back', async () => {
    const page = await newChat('demo')
    await say(page, 'Hello zebra crossing')
    await finished(page)
    await composer(page).fill('half a thought')
    await until('the draft is saved', async () =>
      (await app.client.chats.list({})).some((each) => each.draft === 'half a thought') ? true : null,
    )
    await page.reload()
    await until('the draft is back', async () =>
      (await composer(page).inputValue()) === 'half a thought' ? true : null,
    )

    await page.getByRole('button', { name: 'Search all chats' }).click()
    await page.getByRole('searchbox', { name: 'Search all messages' }).fill('zebra cross')
    await page.getByText('1 message found').waitFor()
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: /^Actions for Hello zebra/ }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByText('Deleted “Hello zebra crossing”.').waitFor()
    expect((await app.client.chats.list({})).map((each) => each.title)).not.toContain('Hello zebra crossing')
    await page.getByRole('button', { name: 'Undo' }).click()
    await until('it is back', async () =>
      (await app.client.chats.list({})).some((each) => each.title === 'Hello zebra crossing') ? true : null,
    )
  })

  it('says what failed where it happened, and keeps the message', async () => {
    await app.client.settings.update({ welcomed: true })
    const { id } = await app.client.chats.create({ modelId: 'nobody' })
    await app.client.chats.send({ id, parentId: null, content: 'Anybody there?', modelId: 'nobody' })
    const page = await app.open(`#/chat/${id}`)
    await expectText(page, 'Anybody there?')
    await expectText(page, 'The model nobody is not available.')
    await expectText(page, 'What you can do')
  })

  async function expectText(page: Page, text: string): Promise<void> {
    await until(`the thread shows ${text}`, async () => ((await log(page).textContent())?.includes(text) ? true : null))
  }
})
