import { describe, expect, test } from 'vitest'
import { imageFromBase64, imageFromUrl, imageOfType } from '../../../src/main/engine/wire/image-source.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUg=='
const JPEG = '/9j/4AAQSkZJRg=='
const GIF = 'R0lGODlhAQABAIAAAA=='
const WEBP = 'UklGRiIAAABXRUJQVlA4IA=='

describe('a data: URL', () => {
  test.each([
    ['image/png', PNG, 'image/png'],
    ['image/jpg', JPEG, 'image/jpeg'],
    ['image/pjpeg', JPEG, 'image/jpeg'],
    ['image/jpg', PNG, 'image/png'],
    ['application/octet-stream', GIF, 'image/gif'],
    ['IMAGE/WEBP', WEBP, 'image/webp'],
    ['image/jpg', 'AAAA', 'image/jpeg'],
    ['image/avif', 'AAAA', 'image/avif'],
  ])('of %s with %s is %s', (said, data, mediaType) => {
    expect(imageFromUrl(`data:${said};base64,${data}`, 'url')).toEqual({ type: 'image', mediaType, data })
    expect(imageOfType(said, data)).toEqual({ type: 'image', mediaType, data })
  })

  test('may say more about itself', () => {
    const url = `data:image/png;charset=utf-8;name=a.png;base64,${PNG}`
    expect(imageFromUrl(url, 'url')).toEqual({ type: 'image', mediaType: 'image/png', data: PNG })
  })

  test.each(['data:image/png,AAAA', 'file:///a.png', 'a.png'])('%s is refused', (url) => {
    expect(() => imageFromUrl(url, 'url')).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'url' }))
  })
})

test('bare base64 tells its kind by its first bytes', () => {
  expect(imageFromBase64(JPEG, 'images[0]')).toEqual({ type: 'image', mediaType: 'image/jpeg', data: JPEG })
  expect(() => imageFromBase64('AAAA', 'images[0]')).toThrow(expect.objectContaining({ param: 'images[0]' }))
})
