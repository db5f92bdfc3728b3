import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../bridge/desktop.ts'
import { importFiles } from './import-files.ts'
import { showImport, useImportStore } from './import-store.ts'

/** Takes files dropped anywhere on the window; while they hover, it says what will happen. */
export function DropZone() {
  const { t } = useTranslation('app')
  const over = useFilesOver(async (files) => {
    const wrong = desktop() === null ? files.find((file) => !file.name.toLowerCase().endsWith('.gguf')) : undefined
    showImport(true)
    if (wrong === undefined) await importFiles(files)
    else {
      useImportStore.setState({
        error: { code: 'invalid_request', message: t('drop.notGguf', { name: wrong.name }), retryable: false },
      })
    }
  })
  if (!over) return null
  return (
    <div className="dropzone" aria-hidden="true">
      <b>{t('drop.title')}</b>
      <span className="m">{desktop() === null ? t('drop.bodyBrowser') : t('drop.body')}</span>
    </div>
  )
}

/** True while files hover over the window; calls back when they are dropped. */
function useFilesOver(onDrop: (files: File[]) => Promise<void>): boolean {
  const [over, setOver] = useState(false)
  const dropped = useRef(onDrop)
  useEffect(() => {
    dropped.current = onDrop
  })
  useEffect(() => {
    // Enter and leave come for every element passed; the depth says when the window itself is left.
    let depth = 0
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      depth += 1
      setOver(true)
    }
    const leave = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const hover = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      // Without this the browser would leave the page for the file.
      event.preventDefault()
      depth = 0
      setOver(false)
      void dropped.current([...(event.dataTransfer?.files ?? [])])
    }
    addEventListener('dragenter', enter)
    addEventListener('dragleave', leave)
    addEventListener('dragover', hover)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragenter', enter)
      removeEventListener('dragleave', leave)
      removeEventListener('dragover', hover)
      removeEventListener('drop', drop)
    }
  }, [])
  return over
}
