import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { onTestFinished, vi } from 'vitest'

/** Chooses a model in an open-able picker. jsdom lays nothing out, so the list is told that it has a height. */
export async function chooseModel(picker: HTMLElement, search: string, name: RegExp): Promise<void> {
  const height = vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400)
  onTestFinished(() => height.mockRestore())
  await userEvent.click(picker)
  await userEvent.type(await screen.findByRole('combobox', { name: 'Search models' }), search)
  await userEvent.click(await screen.findByRole('option', { name }))
  await waitFor(() => {
    if (screen.queryByRole('combobox', { name: 'Search models' }) !== null) throw new Error('The picker is still open')
  })
  height.mockRestore()
}
