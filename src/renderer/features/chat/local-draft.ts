const KEY = 'switchyard:new-chat-draft'

/** The unsent text of a chat that does not exist yet. Once a chat exists its draft is the engine's. */
export function readLocalDraft(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    // Storage is switched off in this browser: there is no draft to read.
    return ''
  }
}

export function writeLocalDraft(draft: string): void {
  try {
    if (draft === '') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, draft)
  } catch (error) {
    console.warn('The draft could not be kept', error)
  }
}
