import { expect, it } from 'vitest'
import { createStreamMask } from '../../../src/main/engine/http/mask-stream.ts'
import type { UpstreamHead } from '../../../src/main/engine/spec/upstream.ts'

const KEY = 'sk-canary-Q7x/+"9z'

/** What a reader gets of these chunks. */
function masked(chunks: (string | Buffer)[], head: UpstreamHead = { status: 200, headers: {} }) {
  const mask = createStreamMask({
    keys: [KEY, 'short'],
    headers: { 'X-Api-Key': 'header-secret-1234', 'X-Title': 'My App Title' },
  })
  if (mask === null) throw new Error('nothing to mask')
  const got: { head: UpstreamHead | null; chunks: string[]; ended: boolean } = { head: null, chunks: [], ended: false }
  const sink = mask({
    head: (seen) => Object.assign(got, { head: seen }),
    data: (chunk) => got.chunks.push(chunk.toString('utf8')) > 0,
    end: () => Object.assign(got, { ended: true }),
    error: () => {},
  })
  sink.head(head)
  for (const chunk of chunks) sink.data(Buffer.from(chunk))
  sink.end()
  return { ...got, text: got.chunks.join('') }
}

it('masks a secret in every form that an answer may repeat, keeping the length', () => {
  const forms = [
    KEY,
    JSON.stringify(KEY).slice(1, -1),
    encodeURIComponent(KEY),
    Buffer.from(KEY).toString('base64'),
    'header-secret-1234',
  ]
  for (const form of forms) {
    const { text } = masked([`before ${form} after`])
    expect(text).not.toContain(form.slice(0, 14))
    expect(Buffer.byteLength(text)).toBe(Buffer.byteLength(`before ${form} after`))
    expect(text).toMatch(/^before \*+.{0,4} after$/)
  }
})

it('finds a secret across chunk edges, wherever it is cut', () => {
  const whole = `data: ${KEY} and ${KEY}\n\n`
  for (let size = 1; size < whole.length; size++) {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_each, index) =>
      whole.slice(index * size, (index + 1) * size),
    )
    const { text, ended } = masked(chunks)
    const stars = '*'.repeat(KEY.length)
    expect(text).toBe(`data: ${stars} and ${stars}\n\n`)
    expect(ended).toBe(true)
  }
})

it('passes what holds no secret on at once and untouched', () => {
  const { chunks } = masked(['data: one\n\n', 'short and My App Title\n\n', 'ends with sk-can', 'not\n\n'])
  expect(chunks).toEqual(['data: one\n\n', 'short and My App Title\n\n', 'ends with ', 'sk-cannot\n\n'])
})

it('masks headers too, and leaves refusals to who reads them', () => {
  const headers = { 'x-ratelimit-key': `of ${KEY}`, other: 'plain' }
  expect(masked([], { status: 200, headers }).head?.headers).toEqual({
    'x-ratelimit-key': `of ${'*'.repeat(KEY.length)}`,
    other: 'plain',
  })
  expect(masked([KEY], { status: 401, headers })).toMatchObject({ text: KEY, head: { headers } })
})

it('is not there where nothing is secret', () => {
  expect(createStreamMask({ keys: ['ollama', 'short'], headers: { 'X-Title': 'My App Title' } })).toBeNull()
})
