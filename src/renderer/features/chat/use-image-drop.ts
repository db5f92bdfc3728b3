import { useEffect, useRef, useState } from 'react'
import { isImage } from './draft-image.ts'

/**
 * Pictures dropped anywhere on the window go to the composer; all other files are left to whoever takes those. True while
 * pictures hover over the window.
 */
export function useImageDrop(onDrop: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const dropped = useRef(onDrop)
  useEffect(() => {
    dropped.current = onDrop
  })
  useEffect(() => {
    let depth = 0
    // In the capture phase: the window's own drop zone, which takes model files, is not to hear of pictures.
    const listen = (type: 'dragenter' | 'dragleave' | 'dragover' | 'drop', run: (event: DragEvent) => void) => {
      const listener = (event: DragEvent): void => {
        if (!carriesImages(event)) return
        event.preventDefault()
        event.stopPropagation()
        run(event)
      }
      addEventListener(type, listener, true)
      return () => removeEventListener(type, listener, true)
    }
    const stops = [
      listen('dragenter', () => {
        depth += 1
        setOver(true)
      }),
      listen('dragleave', () => {
        depth = Math.max(0, depth - 1)
        if (depth === 0) setOver(false)
      }),
      listen('dragover', () => undefined),
      listen('drop', (event) => {
        depth = 0
        setOver(false)
        dropped.current([...(event.dataTransfer?.files ?? [])].filter(isImage))
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  return over
}

function carriesImages({ dataTransfer }: DragEvent): boolean {
  const files = [...(dataTransfer?.items ?? [])].filter((item) => item.kind === 'file')
  return files.length > 0 && files.some(isImage)
}
