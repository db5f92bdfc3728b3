import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '#shared/error-codes.ts'
import { createI18n, en, pickLanguage, zh } from '../../../src/renderer/i18n/setup.ts'

/** Every leaf of a resource tree: its dotted key and its text. */
function leaves(tree: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    if (typeof value === 'string') found.set(path, value)
    else for (const [inner, text] of leaves(value as object, path)) found.set(inner, text)
  }
  return found
}

/** Chinese has one plural form, so `_one` needs no partner. */
const wanted = [...leaves(en)].filter(([key]) => !key.endsWith('_one'))
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{(\w+)/g)].map((match) => match[1] ?? '').sort()

describe('translations', () => {
  const chinese = leaves(zh)

  it('say everything in Chinese that is said in English, and nothing else', () => {
    expect([...chinese.keys()].filter((key) => !key.endsWith('_one')).sort()).toEqual(wanted.map(([key]) => key).sort())
  })

  it('name the same values in both languages', () => {
    const wrong = wanted.filter(
      ([key, text]) => placeholders(chinese.get(key) ?? '').join() !== placeholders(text).join(),
    )
    expect(wrong).toEqual([])
  })

  it('have a form for every error code', () => {
    expect(Object.keys(en.errors).sort()).toEqual([...ERROR_CODES].sort())
  })

  it('count in both languages', () => {
    const i18n = createI18n('en')
    expect(i18n.t('status.idle', { count: 1 })).toBe('1 model, none loaded')
    expect(i18n.t('status.idle', { count: 3 })).toBe('3 models, none loaded')
    expect(createI18n('zh').t('status.idle', { count: 1 })).toBe('1 个模型，均未加载')
  })
})

describe('pickLanguage', () => {
  it('follows the system where it can', () => {
    expect(pickLanguage('system', ['zh-CN', 'en'])).toBe('zh')
    expect(pickLanguage('system', ['de-DE', 'en-GB'])).toBe('en')
    expect(pickLanguage('system', ['de-DE'])).toBe('en')
  })

  it('keeps to the setting', () => {
    expect(pickLanguage('en', ['zh-CN'])).toBe('en')
  })
})
