import type { Browser, Page } from 'playwright'
import { launchBrowser } from '../support/browser.ts'
import { contractClient } from '../support/contract-client.ts'
import type { MeasuredChild } from './child.ts'
import { mainThreadWorkPerFrame } from './main-thread-work.ts'
import type { Report } from './report.ts'
import { median, percentile } from './statistics.ts'
import { inRound, quietest, type Round } from './stolen-time.ts'

const OPENINGS = 5

/** The window in real Chromium: a 10,000-message chat, and a 200 tokens/s stream into a 40,000-character answer. */
export async function benchUi(server: MeasuredChild, report: Report): Promise<void> {
  const browser = await launchBrowser()
  try {
    await benchLongChat(browser, server, report)
    await benchStream(browser, server, report)
  } finally {
    await browser.close()
  }
}

async function openApp(browser: Browser, url: string, path: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${url}/#${path}`)
  await page.getByRole('log').waitFor()
  return page
}

async function benchLongChat(browser: Browser, server: MeasuredChild, report: Report): Promise<void> {
  const { url, longChatId, shortChatId, lastText } = server.ready as Record<string, string>
  const page = await openApp(browser, String(url), `/chat/${shortChatId}`)
  const opened: number[] = []
  for (let round = 0; round <= OPENINGS; round++) {
    const took = await page.evaluate(
      async ({ id, text }) => {
        const startedAt = performance.now()
        location.hash = `#/chat/${id}`
        for (;;) {
          const painted = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
          const log = document.querySelector('[role=log]')
          if (log?.textContent?.includes(text)) {
            // The frame in which it is there has still to be painted.
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
            return performance.now() - startedAt
          }
          if (painted - startedAt > 20_000) throw new Error('the tail never came')
        }
      },
      { id: String(longChatId), text: String(lastText) },
    )
    if (round > 0) opened.push(took)
    const nodes = await page.evaluate(() => document.querySelectorAll('*').length)
    if (round === OPENINGS) {
      const group = 'window, 10,000-message chat'
      report.add({ group, name: 'open to painted tail', value: median(opened), unit: 'ms', limit: 300 })
      report.add({ group, name: 'DOM nodes', value: nodes, unit: 'nodes', limit: 4_000 })
    } else {
      await page.evaluate((id) => {
        location.hash = `#/chat/${id}`
      }, String(shortChatId))
      await page.waitForFunction(
        (text) => !document.querySelector('[role=log]')?.textContent?.includes(text),
        String(lastText),
      )
    }
  }

  const log = page.getByRole('log')
  const box = await log.boundingBox()
  if (box === null) throw new Error('the thread is not visible')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.evaluate(() => {
    const frames: number[] = []
    let last = performance.now()
    const state = { frames, running: true }
    Object.assign(window, { switchyardBench: state })
    const tick = (now: number) => {
      frames.push(now - last)
      last = now
      if (state.running) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  let nodesWhileScrolling = 0
  for (let turn = 0; turn < 150; turn++) {
    await page.mouse.wheel(0, turn < 120 ? -400 : 400)
    if (turn % 30 === 0) {
      nodesWhileScrolling = Math.max(
        nodesWhileScrolling,
        await page.evaluate(() => document.querySelectorAll('*').length),
      )
    }
  }
  const frames = await page.evaluate(() => {
    const state = (window as unknown as { switchyardBench: { frames: number[]; running: boolean } }).switchyardBench
    state.running = false
    return state.frames.slice(1)
  })
  const group = 'window, 10,000-message chat'
  report.add({ group, name: 'frame p95 while scrolling', value: percentile(frames, 0.95), unit: 'ms', limit: 25 })
  report.add({ group, name: 'frame p50 while scrolling', value: median(frames), unit: 'ms' })
  report.add({ group, name: 'DOM nodes while scrolling', value: nodesWhileScrolling, unit: 'nodes', limit: 4_000 })
  await page.close()
}

/** How often a stream is measured at most, until one was left alone by the host. */
const ATTEMPTS = 4
/** Share of the processor time that a quiet window may lose. */
const QUIET = 0.02

type Window = Round<number[]>

/** The stream is measured again while the host takes processor time: it counts as work of the page. The quietest counts. */
async function benchStream(browser: Browser, server: MeasuredChild, report: Report): Promise<void> {
  const early: Window[] = []
  const late: Window[] = []
  for (let attempt = 0; attempt < ATTEMPTS && !(early.some(isQuiet) && late.some(isQuiet)); attempt++) {
    const windows = await measureStream(browser, server)
    early.push(windows.early)
    late.push(windows.late)
    console.log(`  one stream: ${told(windows.early)} early, ${told(windows.late)} late`)
  }
  const group = 'window, 200 tokens/s into 40,000 characters'
  const add = (name: string, value: number, limit?: number): void =>
    report.add({ group, name: `main-thread work ${name}`, value, unit: 'ms/frame', ...(limit ? { limit } : {}) })
  const [earlyFrames = [], lateFrames = []] = [quietest(early, 1)[0], quietest(late, 1)[0]]
  add('p95, 3 s to 8 s', percentile(earlyFrames, 0.95), 8)
  add('p95, 30 s to 42 s', percentile(lateFrames, 0.95), 8)
  add('p50, 30 s to 42 s', median(lateFrames))
}

function isQuiet({ stolen }: Window): boolean {
  return (stolen ?? 0) <= QUIET
}

function told({ result, stolen }: Window): string {
  return `p95 ${percentile(result, 0.95).toFixed(1)} ms (${Math.round((stolen ?? 0) * 100)} % stolen)`
}

/** The stream takes 50 s; a few seconds early and a long stretch at the end, where the answer is longest, tell it all. */
async function measureStream(browser: Browser, server: MeasuredChild): Promise<{ early: Window; late: Window }> {
  const url = String(server.ready.url)
  const client = contractClient(url)
  const chat = await client.chats.create({ modelId: 'openai.paced' })
  const { answer } = await client.chats.send({ id: chat.id, parentId: null, content: 'Go', modelId: 'openai.paced' })
  const page = await openApp(browser, url, `/chat/${chat.id}`)
  const cdp = await page.context().newCDPSession(page)
  const lengthNow = () => page.evaluate(() => document.querySelector('[role=log]')?.textContent?.length ?? 0)
  // The page's own opening is another figure: let it settle.
  await page.waitForTimeout(3_000)
  const early = await inRound(() => mainThreadWorkPerFrame(cdp, () => page.waitForTimeout(5_000)))
  const startedAt = performance.now()
  while (performance.now() - startedAt < 25_000) await page.waitForTimeout(500)
  const before = await lengthNow()
  const late = await inRound(() => mainThreadWorkPerFrame(cdp, () => page.waitForTimeout(12_000)))
  if ((await lengthNow()) <= before) throw new Error('the answer did not grow while it was measured')
  await client.chats.stop({ answerId: answer.id })
  await page.close()
  return { early, late }
}
