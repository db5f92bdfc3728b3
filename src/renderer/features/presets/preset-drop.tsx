import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePresetActions } from './use-preset-actions.ts'

/**
 * Takes files of models dropped on the page. The window as a whole takes GGUF files everywhere; here it is not asked,
 * so every event is caught on its way down.
 */
export function PresetDrop() {
  const { t } = useTranslation('presets')
  const actions = usePresetActions()
  const [over, setOver] = useState(false)
  const dropped = useRef(actions.importFiles)
  useEffect(() => {
    dropped.current = actions.importFiles
  })
  useEffect(() => {
    // Enter and leave come for every element passed; the depth says when the window itself is left.
    let depth = 0
    const listen = (event: DragEvent): void => {
      if (!(event.dataTransfer?.types.includes('Files') ?? false)) return
      event.stopImmediatePropagation()
      if (event.type === 'dragenter') depth += 1
      else if (event.type === 'dragleave') depth = Math.max(0, depth - 1)
      // Without this the browser would leave the page for the file.
      else event.preventDefault()
      if (event.type === 'drop') {
        depth = 0
        void dropped.current([...(event.dataTransfer?.files ?? [])])
      }
      setOver(depth > 0)
    }
    const types = ['dragenter', 'dragleave', 'dragover', 'drop'] as const
    for (const type of types) addEventListener(type, listen, { capture: true })
    return () => {
      for (const type of types) removeEventListener(type, listen, { capture: true })
    }
  }, [])
  if (!over) return null
  return (
    <div className="dropzone" aria-hidden="true">
      <b>{t('drop.title')}</b>
      <span className="m">{t('drop.body')}</span>
    </div>
  )
}
