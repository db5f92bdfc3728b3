import type { Locator, Page } from 'playwright'

/** Presses Enter in a composer once its message can go: before the models are known the key does nothing. */
export async function sendByEnter(page: Page, field: Locator): Promise<void> {
  await page.getByRole('button', { name: 'Send', exact: true }).click({ trial: true })
  await field.press('Enter')
}
