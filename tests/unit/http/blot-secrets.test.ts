import { expect, it } from 'vitest'
import { createBlot } from '../../../src/main/engine/http/blot-secrets.ts'

it('shows the last four characters of a long secret, none of a short one', () => {
  const blot = createBlot(['sk-0123456789abcdef', 'sk-1234'])
  expect(blot('key sk-0123456789abcdef, other sk-1234.')).toBe('key ••••cdef, other ••••.')
})

it('leaves what a server has masked itself, and words that guard nothing', () => {
  const blot = createBlot(['sk-0123456789abcdef', 'ollama', 'none', 'abc', ''])
  const text = 'Incorrect API key provided: sk-01***cdef. Pull it with ollama; none of abc.'
  expect(blot(text)).toBe(text)
})

it('takes the longest form first, and characters of patterns as they are', () => {
  const blot = createBlot(['a.c*[x]$1', 'prefix-key', 'prefix-key-with-more'])
  expect(blot('a.c*[x]$1 abcx prefix-key-with-more prefix-key')).toBe('•••• abcx ••••more ••••')
})

it('finds base64 at every alignment', () => {
  const secret = 'sk-0123456789abcdefghijkl'
  const blot = createBlot([secret])
  for (const before of ['', 'a', 'ab', 'user:', 'Bearer ']) {
    const encoded = Buffer.from(`${before}${secret} and more`).toString('base64')
    expect(blot(encoded)).toContain('••••ijkl')
    expect(blot(encoded).length).toBeLessThan(encoded.length - 20)
  }
})

it('does nothing without secrets', () => {
  expect(createBlot([])('text')).toBe('text')
})
