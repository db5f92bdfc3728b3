import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { I18nextProvider } from 'react-i18next'
import { describe, expect, it, vi } from 'vitest'
import { NumberField, type NumberFieldProps, readNumber } from '../../../src/renderer/components/number-field.tsx'
import { createI18n } from '../../../src/renderer/i18n/setup.ts'

function show(props: Partial<NumberFieldProps> = {}) {
  const onCommit = vi.fn<(value: number | null) => void>()
  render(
    <I18nextProvider i18n={createI18n('en')}>
      <NumberField
        label="Context"
        value={8192}
        min={64}
        max={100_000}
        invalid="Between 64 and 100,000."
        onCommit={onCommit}
        {...props}
      />
    </I18nextProvider>,
  )
  return { onCommit, field: screen.getByRole('textbox', { name: 'Context' }), user: userEvent.setup() }
}

describe('NumberField', () => {
  it('passes a number on when it is left', async () => {
    const { onCommit, field, user } = show()
    await user.clear(field)
    await user.type(field, '16,384')
    expect(onCommit).not.toHaveBeenCalled()
    await user.tab()
    expect(onCommit).toHaveBeenCalledExactlyOnceWith(16_384)
  })

  it('keeps what is out of bounds to itself and says why', async () => {
    const { onCommit, field, user } = show()
    await user.clear(field)
    await user.type(field, '12{Enter}')
    expect(onCommit).not.toHaveBeenCalled()
    expect(screen.getByRole('alert').textContent).toBe('Between 64 and 100,000.')
    expect(field.getAttribute('aria-invalid')).toBe('true')
  })

  it('takes no fraction where whole numbers are meant', async () => {
    const { onCommit, field, user } = show()
    await user.clear(field)
    await user.type(field, '128.5{Enter}')
    expect(onCommit).not.toHaveBeenCalled()
  })

  it('is unset by emptying it', async () => {
    const { onCommit, field, user } = show()
    await user.clear(field)
    await user.tab()
    expect(onCommit).toHaveBeenCalledExactlyOnceWith(null)
  })

  it('is wrong when it is emptied, where nothing means unset', async () => {
    const { onCommit, field, user } = show({ required: true })
    await user.clear(field)
    await user.tab()
    expect(onCommit).not.toHaveBeenCalled()
    expect(screen.getByRole('alert').textContent).toBe('Between 64 and 100,000.')
  })

  it('keeps a form from being sent while its text is wrong', async () => {
    const { field, user } = show()
    const isValid = (): boolean => (field as HTMLInputElement).checkValidity()
    await user.clear(field)
    await user.type(field, 'abc{Enter}')
    expect(isValid()).toBe(false)
    await user.clear(field)
    await user.type(field, '4096{Enter}')
    expect(isValid()).toBe(true)
  })

  it('steps with the arrow keys and stays inside', async () => {
    const { onCommit, field, user } = show({ value: 1.95, min: 0, max: 2, step: 0.05 })
    field.focus()
    await user.keyboard('{ArrowUp}{ArrowUp}')
    expect(onCommit.mock.calls.map(([value]) => value)).toEqual([2, 2])
    await user.keyboard('{ArrowDown}')
    expect(onCommit).toHaveBeenCalledTimes(2)
    expect((field as HTMLInputElement).value).toBe('1.95')
  })

  it('is put back by Escape', async () => {
    const { onCommit, field, user } = show()
    await user.clear(field)
    await user.type(field, '9{Escape}')
    expect((field as HTMLInputElement).value).toBe('8,192')
    await user.tab()
    expect(onCommit).not.toHaveBeenCalled()
  })
})

describe('readNumber', () => {
  it.each([
    ['16384', 16_384],
    ['16,384', 16_384],
    ['16 384', 16_384],
    ['0,7', 0.7],
    ['.5', 0.5],
    ['1,048,576', 1_048_576],
    ['-1', -1],
  ])('reads %s', (text, value) => {
    expect(readNumber(text)).toBe(value)
  })

  it.each(['', 'abc', '1e5', '1.2.3', '0x10', 'Infinity'])('refuses %j', (text) => {
    expect(readNumber(text)).toBeNull()
  })
})
