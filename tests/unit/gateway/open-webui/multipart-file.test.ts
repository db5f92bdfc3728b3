import { describe, expect, test } from 'vitest'
import { formFile } from '../../../../src/main/gateway/open-webui/multipart-file.ts'

const TYPE = 'multipart/form-data; boundary="--x y"'
const FORM =
  'preamble\r\n----x y\r\nContent-Disposition: form-data; name="note"\r\n\r\nfile\r\n--\r\n' +
  '\r\n----x y\r\nContent-Disposition: form-data; name="file"; filename="a \\"b\\".gguf"\r\nContent-Type: x/y\r\n\r\n' +
  'GGUF\r\n----x\r\n--\r\n\r\nend' +
  '\r\n----x y--\r\nepilogue'

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, size: number, type = TYPE): Promise<{ name: string; text: string }> {
  const { name, content } = await formFile(type, inPieces(text, size))
  const chunks: Buffer[] = []
  for await (const chunk of content) chunks.push(chunk)
  return { name, text: Buffer.concat(chunks).toString() }
}

test.each([1, 2, 3, 7, 11, 64, 10_000])(
  'the file comes whole however the form is cut, %i bytes at a time',
  async (size) => {
    expect(await read(FORM, size)).toEqual({ name: 'a "b".gguf', text: 'GGUF\r\n----x\r\n--\r\n\r\nend' })
  },
)

test('a name in another script', async () => {
  const form = '--b\r\nContent-Disposition: form-data; name="file"; filename*=UTF-8\'\'%C3%A4.gguf\r\n\r\n\r\n--b--\r\n'
  expect(await read(form, 5, 'multipart/form-data; boundary=b')).toEqual({ name: 'ä.gguf', text: '' })
})

test('a large file is not kept', async () => {
  const piece = Buffer.alloc(1024 * 1024, 'a')
  async function* large(): AsyncGenerator<Buffer> {
    yield Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n')
    for (let at = 0; at < 200; at++) yield piece
    yield Buffer.from('\r\n--b--\r\n')
  }
  const { content } = await formFile('multipart/form-data; boundary=b', large())
  let size = 0
  let largest = 0
  for await (const chunk of content) {
    size += chunk.length
    largest = Math.max(largest, chunk.length)
  }
  expect(size).toBe(200 * 1024 * 1024)
  expect(largest).toBeLessThan(2 * 1024 * 1024)
})

describe('what is no form with a file is refused', () => {
  test.each([
    ['another type', 'application/json', '{}', /has to be a form/],
    [
      'no file',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n',
      /it has no file/,
    ],
    [
      'an end too early',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nGGUF',
      /ends too early/,
    ],
    ['endless headers', 'multipart/form-data; boundary=b', `--b\r\nX: ${'y'.repeat(20_000)}`, /too long/],
  ])('%s', (_name, type, text, message) => expect(read(text, 100, type)).rejects.toThrow(message))
})
