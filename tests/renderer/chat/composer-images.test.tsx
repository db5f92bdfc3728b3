import { fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { MAX_IMAGES } from '#shared/chats.ts'
// The page comes in a chunk of its own: fetched before the first test waits for it.
import '../../../src/renderer/features/chat/chat-page.tsx'
import { catalogModel, holder, threePlaces } from '../support/catalog-samples.ts'
import { holdProcedure } from '../support/hold-procedure.ts'
import { createMockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { conversationOf, MockChats } from './mock-chats.ts'

const released: string[] = []

// jsdom neither decodes pictures nor has URLs for bytes; both are looked at in tests/ui/images.test.ts.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(4000)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(60)
  HTMLElement.prototype.scrollTo = () => undefined
  vi.stubGlobal('createImageBitmap', async (file: File) => {
    if (file.name.startsWith('broken')) throw new DOMException('The source image could not be decoded.')
    return { width: 40, height: 30, close: () => undefined }
  })
  let made = 0
  released.length = 0
  URL.createObjectURL = () => `blob:${made++}`
  URL.revokeObjectURL = (url) => void released.push(url)
  return () => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  }
})

function setup(modelId = 'gemma3:12b') {
  const engine = createMockEngine({ catalog: threePlaces() })
  const chats = new MockChats(engine)
  for (const id of ['one', 'two']) chats.add(conversationOf(id, { title: `Chat ${id}`, modelId }))
  return { engine, chats }
}

const field = (): HTMLElement => screen.getByRole('textbox', { name: 'Message' })
const picture = (name: string, bytes = 'bytes', type = 'image/png'): File => new File([bytes], name, { type })

function paste(...files: File[]): void {
  fireEvent.paste(field(), { clipboardData: { files, getData: () => '' } })
}

/** Names of the pictures in the composer. */
function attached(): string[] {
  return screen.queryAllByRole('img', { name: /png|Picture/ }).map((image) => image.getAttribute('alt') ?? '')
}

describe('pictures in the composer', () => {
  it('are shown, can be removed, and go with the message', async () => {
    const { engine } = setup()
    renderApp(engine, '/chat/one')
    await waitFor(field)
    paste(picture('a.png', 'first'), picture('b.png', 'second'))
    await waitFor(() => expect(attached()).toEqual(['a.png', 'b.png']))
    await userEvent.click(screen.getByRole('button', { name: 'Remove a.png' }))
    expect(attached()).toEqual(['b.png'])
    expect(released).toEqual(['blob:0'])
    expect(document.activeElement).toBe(field())
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    await waitFor(() =>
      expect(engine.inputs('chats.send')).toMatchObject([
        { id: 'one', content: '', images: [{ mediaType: 'image/png', data: btoa('second') }] },
      ]),
    )
    await waitFor(() => expect(attached()).toEqual([]))
    await screen.findByRole('button', { name: 'Picture 1, 3 × 2: enlarge' })
  })

  it('stay when they were added while a message was on its way', async () => {
    const { engine, chats } = setup()
    const send = holdProcedure(engine, 'chats.send')
    renderApp(engine, '/chat/one')
    await waitFor(field)
    paste(picture('sent.png'))
    await waitFor(() => expect(attached()).toEqual(['sent.png']))
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    await waitFor(() => expect(send.waiting()).toBe(1))
    paste(picture('late.png'), picture('scan.heic', 'x', 'image/heic'))
    await waitFor(() => expect(attached()).toEqual(['sent.png', 'late.png']))
    send.go()
    await waitFor(() => expect(attached()).toEqual(['late.png']))
    screen.getByText('scan.heic was not taken: it has to be a PNG, JPEG, GIF or WebP.')
    expect(released).toEqual(['blob:0'])
    expect(chats.trees.get('one')?.messages.size).toBe(2)
    await userEvent.click(screen.getByRole('button', { name: 'Remove late.png' }))
  })

  it('stay when sending fails, and while another chat is looked at', async () => {
    const { engine } = setup()
    engine.fail('chats.send', { code: 'queue_full', message: 'The queue is full.', retryable: true })
    renderApp(engine, '/chat/one')
    await waitFor(field)
    paste(picture('kept.png'))
    await waitFor(() => expect(attached()).toEqual(['kept.png']))
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    await screen.findByText('The message was not sent')
    location.hash = '/chat/two'
    await screen.findByRole('heading', { name: 'Chat two' })
    expect(attached()).toEqual([])
    location.hash = '/chat/one'
    await waitFor(() => expect(attached()).toEqual(['kept.png']))
    await userEvent.click(screen.getByRole('button', { name: 'Remove kept.png' }))
  })

  it('are taken up to the limits, and every other file is told why not', async () => {
    const { engine } = setup()
    renderApp(engine, '/chat/one')
    await waitFor(field)
    const large = picture('large.png')
    Object.defineProperty(large, 'size', { value: 20_000_001 })
    paste(picture('scan.heic', 'x', 'image/heic'), picture('broken.png'), large)
    await screen.findByText('scan.heic was not taken: it has to be a PNG, JPEG, GIF or WebP.')
    screen.getByText('broken.png was not taken: it cannot be read as a picture.')
    screen.getByText(/large\.png was not taken: it is larger than 20 MB\./)
    paste(...Array.from({ length: MAX_IMAGES + 1 }, (_, index) => picture(`p${index}.png`)))
    await screen.findByText(`p${MAX_IMAGES}.png was not taken: a message carries ${MAX_IMAGES} pictures at most.`)
    expect(attached()).toHaveLength(MAX_IMAGES)
    expect(screen.queryByText(/scan\.heic/)).toBeNull()
  })

  it('wait for a model that sees, which is offered', async () => {
    const { engine } = setup('Qwen3-8B-Q4_K_M')
    renderApp(engine, '/chat/two')
    await waitFor(field)
    paste(picture('a.png'))
    await screen.findByText('Qwen3 8B does not see pictures.')
    await userEvent.type(field(), 'Look{Enter}')
    expect(engine.inputs('chats.send')).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: /GPT-5 mini/ }))
    await waitFor(() => expect(engine.inputs('chats.update')).toEqual([{ id: 'two', modelId: 'gpt-5-mini' }]))
    await waitFor(() => expect(screen.queryByText('Qwen3 8B does not see pictures.')).toBeNull())
    await userEvent.type(field(), '{Enter}')
    await waitFor(() =>
      expect(engine.inputs('chats.send')).toMatchObject([{ content: 'Look', modelId: 'gpt-5-mini', images: [{}] }]),
    )
  })

  it('cannot be attached where no model sees, and the button says so', async () => {
    const { engine } = setup('plain')
    engine.state.catalog = [catalogModel('plain', [holder('in-process', 'here')])]
    renderApp(engine, '/chat/one')
    await userEvent.click(await screen.findByRole('button', { name: 'Attach pictures: plain does not see them' }))
    await screen.findByText('No other model here does. Add one under Models or Backends.')
  })
})

describe('pictures of a sent message', () => {
  it('are carried along when it is edited', async () => {
    const { engine, chats } = setup()
    const image = chats.keepImage('data:image/png;base64,AAAA')
    const ask = chats.say('one', null, { role: 'user', content: 'What is this?', images: [image] })
    chats.say('one', ask.id, { role: 'assistant', content: 'A dot.' })
    renderApp(engine, '/chat/one')
    await screen.findByText('A dot.')
    await userEvent.type(field(), '{ArrowUp}')
    const edit = await screen.findByRole('textbox', { name: 'Edit your message' })
    // A picture alone is a message too.
    await userEvent.clear(edit)
    await userEvent.type(edit, '{Enter}')
    await waitFor(() =>
      expect(engine.inputs('chats.send')).toMatchObject([{ content: '', parentId: null, keptImages: [image.id] }]),
    )
  })

  it('can be asked for again when they did not come', async () => {
    const { engine, chats } = setup()
    const image = chats.keepImage('data:image/png;base64,AAAA')
    chats.say('one', null, { role: 'user', content: 'What is this?', images: [image] })
    engine.fail('chats.image', { code: 'storage_failed', message: 'The disk does not answer.', retryable: true })
    renderApp(engine, '/chat/one')
    const again = await screen.findByRole('button', { name: 'Not loaded. Try again' })
    engine.fail('chats.image', null)
    await userEvent.click(again)
    await userEvent.click(await screen.findByRole('button', { name: 'Picture 1, 3 × 2: enlarge' }))
    await screen.findByRole('dialog', { name: 'Picture 1 of 1' })
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })
})
