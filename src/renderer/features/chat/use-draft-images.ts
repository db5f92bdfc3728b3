import { useRef, useState } from 'react'
import { type DraftImage, type ImageProblem, readDraftImages } from './draft-image.ts'

/** Pictures of messages that are not sent yet, by chat: they stay while the person looks at another chat. */
const drafts = new Map<string, readonly DraftImage[]>()

export interface DraftImages {
  images: readonly DraftImage[]
  /** What was not taken from the last files, and why. */
  problems: readonly ImageProblem[]
  /** Files are being read. */
  busy: boolean
  add: (files: readonly File[]) => Promise<void>
  remove: (id: number) => void
  /** Lets those go that were sent; what was added since stays. */
  sent: (images: readonly DraftImage[]) => void
  /** Lets all go: they are not wanted. */
  clear: () => void
}

/** What was added to one chat's composer is now another's, whose composer is not shown yet. */
export function moveDraftImages(from: string, to: string): void {
  const moved = drafts.get(from)
  if (moved === undefined) return
  drafts.delete(from)
  drafts.set(to, moved)
}

/** The pictures of a chat's composer. `key` names the chat; read once. */
export function useDraftImages(key: string): DraftImages {
  const [images, setImages] = useState<readonly DraftImage[]>(() => drafts.get(key) ?? [])
  const [problems, setProblems] = useState<readonly ImageProblem[]>([])
  const [reading, setReading] = useState(0)
  // Files are read one after the other: the limits count those that came before.
  const turn = useRef(Promise.resolve())

  const put = (next: readonly DraftImage[]): void => {
    if (next.length === 0) drafts.delete(key)
    else drafts.set(key, next)
    setImages(next)
  }
  const current = (): readonly DraftImage[] => drafts.get(key) ?? []

  return {
    images,
    problems,
    busy: reading > 0,
    add(files) {
      setReading((count) => count + 1)
      const read = async (): Promise<void> => {
        try {
          const result = await readDraftImages(files, current())
          if (result.images.length > 0) put([...current(), ...result.images])
          setProblems(result.problems)
        } finally {
          setReading((count) => count - 1)
        }
      }
      const mine = turn.current.then(read)
      // One that failed does not hold up the next.
      turn.current = mine.catch(() => undefined)
      return mine
    },
    remove(id) {
      const gone = current().find((image) => image.id === id)
      if (gone !== undefined) URL.revokeObjectURL(gone.url)
      setProblems([])
      put(current().filter((image) => image.id !== id))
    },
    sent(images) {
      for (const { url } of images) URL.revokeObjectURL(url)
      // What is said of files that came since stays too.
      setProblems((now) => (now === problems ? [] : now))
      put(current().filter((image) => !images.includes(image)))
    },
    clear() {
      for (const { url } of current()) URL.revokeObjectURL(url)
      setProblems([])
      put([])
    },
  }
}
