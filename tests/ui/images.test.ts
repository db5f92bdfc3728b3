import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { imageFacts } from '../../src/main/engine/chats/image-facts.ts'
import { browserMissing } from '../support/browser.ts'
import { png } from '../support/sample-images.ts'
import { sendByEnter } from '../support/send-by-enter.ts'
import { until } from '../support/until.ts'
import { scriptedModel } from '../support/upstreams/ollama-answers.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../support/upstreams/ollama-upstream.ts'
import { startWindow, type WindowUnderTest } from './open-window.ts'

interface TestFile {
  name: string
  type: string
  /** base64 */
  data: string
}

describe.skipIf(browserMissing())('pictures in a chat', () => {
  let first: OllamaUpstream
  let second: OllamaUpstream
  let app: WindowUnderTest
  beforeAll(async () => {
    const blind = scriptedModel('blind:1b', { capabilities: ['completion'] })
    first = await startOllamaUpstream({ models: [scriptedModel('sees:8b'), blind] })
    second = await startOllamaUpstream({ models: [scriptedModel('sees:8b')] })
    app = await startWindow({
      ENABLE_OLLAMA_API: 'true',
      OLLAMA_BASE_URLS: `${first.url};${second.url}`,
      OPENAI_API_KEY: '',
    })
    await app.client.settings.update({ welcomed: true })
    await until('both servers are known', async () => {
      const model = (await app.client.models.catalog()).find(({ id }) => id === 'sees:8b')
      return model?.holders.length === 2 && model.capabilities.includes('vision') ? model : null
    })
  })
  afterAll(async () => {
    await app?.close()
    await Promise.all([first?.stop(), second?.stop()])
  })
  afterEach(() => {
    expect(app.complaints.splice(0)).toEqual([])
  })

  const composer = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })
  const log = (page: Page) => page.getByRole('log')
  const finished = (page: Page) => log(page).getByRole('button', { name: 'Rerun' }).last().waitFor()

  async function newChat(modelId: string): Promise<{ page: Page; id: string }> {
    const { id } = await app.client.chats.create({ modelId })
    const page = await app.open(`#/chat/${id}`)
    await composer(page).waitFor()
    return { page, id }
  }

  /** Gives files to the page as a person would: by the clipboard, or dropped on the middle of the window. */
  async function give(page: Page, how: 'paste' | 'drop', files: TestFile[]): Promise<void> {
    await page.evaluate(
      ({ how, files }) => {
        const data = new DataTransfer()
        for (const { name, type, data: base64 } of files) {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
          data.items.add(new File([bytes], name, { type }))
        }
        const target = how === 'paste' ? document.querySelector('.composer textarea') : document.querySelector('main')
        const init = { bubbles: true, cancelable: true }
        if (how === 'paste') target?.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }))
        else {
          for (const type of ['dragenter', 'dragover', 'drop']) {
            target?.dispatchEvent(new DragEvent(type, { ...init, dataTransfer: data }))
          }
        }
      },
      { how, files },
    )
  }

  const asked = () => [...first.requestsTo('/api/chat'), ...second.requestsTo('/api/chat')]
  /** The pictures that reached a server with the last message of a chat. */
  function received(question: string): string[] {
    for (const { body } of asked()) {
      const messages = (body?.messages ?? []) as { content: string; images?: string[] }[]
      if (messages.at(-1)?.content === question) return messages.flatMap(({ images }) => images ?? [])
    }
    return []
  }

  it('a pasted one reaches the model as it is, and is there again after a reload', async () => {
    const { page, id } = await newChat('sees:8b')
    const data = png(120, 80).toString('base64')
    await give(page, 'paste', [{ name: 'image.png', type: 'image/png', data }])
    await page.getByRole('list', { name: 'Pictures' }).getByRole('img').waitFor()
    await composer(page).fill('What is pasted?')
    await sendByEnter(page, composer(page))
    await log(page).getByText('I see 1 picture').waitFor()
    await finished(page)
    expect(received('What is pasted?')).toEqual([data])
    expect(await page.locator('.composer').getByRole('img').count()).toBe(0)

    await page.reload()
    const thumbnail = log(page).getByRole('button', { name: 'Picture 1, 120 × 80: enlarge' })
    await thumbnail.locator('img').waitFor()
    const shown = await thumbnail
      .locator('img')
      .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))
    expect(shown).toBe(120)
    await thumbnail.click()
    await page.getByRole('dialog', { name: 'Picture 1 of 1' }).getByRole('img').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await thumbnail.evaluate((element) => element === document.activeElement)).toBe(true)

    // Its edited version carries it too.
    await log(page).getByRole('button', { name: 'Edit', exact: true }).click()
    await page.getByRole('textbox', { name: 'Edit your message' }).fill('And now?')
    await page.getByRole('button', { name: 'Save and send' }).click()
    await log(page).getByText('2 of 2').first().waitFor()
    await finished(page)
    expect(received('And now?')).toEqual([data])
    const { tail } = await app.client.chats.thread({ id })
    expect(tail[0]?.images).toMatchObject([{ mediaType: 'image/png', width: 120, height: 80 }])
  })

  it('one that is too large is made smaller, one that is none is refused, and both are said', async () => {
    const { page } = await newChat('sees:8b')
    await give(page, 'drop', [
      { name: 'scan.png', type: 'image/png', data: png(3000, 1500).toString('base64') },
      { name: 'broken.png', type: 'image/png', data: Buffer.from('no picture').toString('base64') },
    ])
    await page.getByText('scan.png is sent smaller: 2,048 × 1,024 pixels instead of 3,000 × 1,500.').waitFor()
    await page.getByText('broken.png was not taken: it cannot be read as a picture.').waitFor()
    await composer(page).fill('What is scanned?')
    await sendByEnter(page, composer(page))
    await finished(page)
    const [sent = ''] = received('What is scanned?')
    expect(imageFacts(Buffer.from(sent, 'base64'))).toEqual({ mediaType: 'image/png', width: 2048, height: 1024 })
  })

  it('a model that does not see says so, and one that does is a press away', async () => {
    const { page } = await newChat('blind:1b')
    const data = png(20, 20).toString('base64')
    await give(page, 'drop', [{ name: 'dropped.png', type: 'image/png', data }])
    await page.locator('.seeing').getByText('blind:1b does not see pictures.').waitFor()
    await composer(page).fill('What is dropped?')
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
    // What the model files' own drop zone would have said.
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.locator('.seeing').getByRole('button', { name: 'sees:8b' }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await finished(page)
    expect(received('What is dropped?')).toEqual([data])
  })

  it('an answer that another place had to give says where it came from, and what was tried', async () => {
    const { page, id } = await newChat('sees:8b')
    first.behaviour.failing.set('/api/chat', 503)
    const answered = async (count: number) =>
      until(`answer ${count} ended`, async () => {
        const last = (await app.client.chats.thread({ id })).tail.at(-1)
        return last?.depth === count * 2 - 1 && last.status !== 'streaming' ? last : null
      })
    // The two take turns: the first one is asked first now or with the next message.
    let answer = null
    for (let count = 1; count <= 2 && answer?.facts?.attempts === undefined; count += 1) {
      await composer(page).fill('Hello')
      await sendByEnter(page, composer(page))
      answer = await answered(count)
    }
    first.behaviour.failing.clear()
    const views = await app.client.connections.list()
    const idOf = (url: string) => views.find(({ config }) => config?.baseUrl === url)?.id
    expect(answer).toMatchObject({
      status: 'complete',
      facts: {
        connectionId: idOf(second.url),
        attempts: [{ connectionId: idOf(first.url), code: expect.any(String) }],
      },
    })
    await finished(page)
    await log(page).getByRole('button', { name: 'More' }).last().click()
    await page.getByRole('menuitem', { name: 'Why here?' }).click()
    const card = page.getByRole('complementary', { name: 'Why here?' })
    await card.getByRole('heading', { name: 'Tried before' }).waitFor()
    expect(await card.getByRole('listitem').textContent()).toContain(answer?.facts?.attempts?.[0]?.message)
  })
})
