import { expect, test } from 'vitest'
import { imageFacts } from '../../../src/main/engine/chats/image-facts.ts'
import { SAMPLE_IMAGES } from '../../support/sample-images.ts'

test.each(Object.entries(SAMPLE_IMAGES))('%s: its type and size are read from its own header', (mediaType, data) => {
  expect(imageFacts(Buffer.from(data, 'base64'))).toEqual({ mediaType, width: 3, height: 2 })
})

test('the three kinds of WebP', () => {
  const of = (kind: string, at: number, bytes: number[]): Buffer => {
    const whole = Buffer.alloc(40)
    whole.write('RIFF', 0, 'latin1')
    whole.write(`WEBP${kind}`, 8, 'latin1')
    whole.set(bytes, at)
    return whole
  }
  expect(imageFacts(of('VP8 ', 26, [0x40, 0x01, 0xf0, 0x40]))).toMatchObject({ width: 320, height: 240 })
  expect(imageFacts(of('VP8X', 24, [0xff, 0x0f, 0, 0xff, 0x07, 0]))).toMatchObject({ width: 4096, height: 2048 })
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a web page', Buffer.from('<!doctype html><title>Not a picture</title>')],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['a cut PNG', Buffer.from(SAMPLE_IMAGES['image/png'], 'base64').subarray(0, 20)],
  ['a cut JPEG', Buffer.from(SAMPLE_IMAGES['image/jpeg'], 'base64').subarray(0, 40)],
  ['a JPEG whose segments have no length', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ['a PNG without width', Buffer.from(SAMPLE_IMAGES['image/png'], 'base64').fill(0, 16, 20)],
])('%s is no picture', (_, bytes) => {
  expect(imageFacts(bytes)).toBeNull()
})
