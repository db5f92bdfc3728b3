import { describe, expect, test } from 'vitest'
import { fillTaskTemplate } from '../../../../src/main/engine/wire/parameters/task-template.ts'

const CHAT = [
  { role: 'system', content: 'S' },
  { role: 'user', content: 'first' },
  { role: 'assistant', content: 'answer' },
  { role: 'user', content: [{ type: 'text', text: '0123456789🙂' }, { type: 'image_url' }] },
]

describe('fillTaskTemplate', () => {
  test.each([
    ['Q: {{prompt}}', 'Q: 0123456789🙂'],
    ['{{prompt:start:3}}', '012'],
    ['{{prompt:end:2}}', '9🙂'],
    ['{{prompt:end:0}}', ''],
    ['{{prompt:middletruncate:5}}', '012...9🙂'],
    ['{{prompt:middletruncate:99}}', '0123456789🙂'],
    ['{{MESSAGES:START:1}}', 'SYSTEM: S'],
    ['{{MESSAGES:END:1}}', 'USER: 0123456789🙂'],
    ['{{MESSAGES:MIDDLETRUNCATE:3}}', 'SYSTEM: S\nUSER: first\nUSER: 0123456789🙂'],
    ['{{MESSAGES}}', 'SYSTEM: S\nUSER: first\nASSISTANT: answer\nUSER: 0123456789🙂'],
    ['{{prompt:other:3}} {{Messages}}', '{{prompt:other:3}} {{Messages}}'],
  ])('%s', (template, text) => {
    expect(fillTaskTemplate(template, CHAT)).toBe(text)
  })

  test('what people said is no template', () => {
    const said = [{ role: 'user', content: '{{MESSAGES}} $& {{prompt}}' }]
    expect(fillTaskTemplate('{{prompt}}|{{MESSAGES}}', said)).toBe(
      '{{MESSAGES}} $& {{prompt}}|USER: {{MESSAGES}} $& {{prompt}}',
    )
    expect(fillTaskTemplate('[{{prompt}}]', [])).toBe('[]')
  })
})
