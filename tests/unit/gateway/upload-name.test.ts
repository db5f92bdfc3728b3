import { expect, test } from 'vitest'
import { uploadName } from '../../../src/main/gateway/web-ui/upload-name.ts'

test.each([
  ['model.gguf', 'model.gguf'],
  ['Qwen3 4B.Q4_K_M.GGUF', 'Qwen3 4B.Q4_K_M.gguf'],
  ['../../etc/x.gguf', 'x.gguf'],
  ['C:\\models\\x.gguf', 'x.gguf'],
  ['..gguf.gguf', 'gguf.gguf'],
  ['a<b>:c.gguf', 'a-b--c.gguf'],
  ['a\u0000b.gguf', 'a-b.gguf'],
  ['模型.gguf', '模型.gguf'],
])('%j becomes %j', (sent, name) => {
  expect(uploadName(sent)).toBe(name)
})

test.each(['', '.gguf', 'x', 'x.gguf/', 'x.bin', 'con.gguf', 'LPT1.gguf', '..', `${'x'.repeat(300)}.gguf`])(
  'refuses %j',
  (sent) => {
    expect(() => uploadName(sent)).toThrow(/cannot be added/)
  },
)
