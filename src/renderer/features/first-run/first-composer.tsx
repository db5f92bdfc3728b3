import { ArrowUp } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { useCatalog } from '../../bridge/queries.ts'
import { Button } from '../../components/button.tsx'
import { ModelPicker } from '../../components/model-picker/model-picker.tsx'
import { useUnknownModels } from '../chat/use-chat-models.ts'

/** The composer of the first page: sends the person's own first message. */
export function FirstComposer({
  models,
  chosen,
  onChoose,
  busy,
  onSend,
}: {
  models: readonly CatalogModel[]
  chosen: CatalogModel | null
  onChoose: (id: string) => void
  busy: boolean
  onSend: (content: string) => Promise<void>
}) {
  const { t } = useTranslation('welcome')
  const unknown = useUnknownModels()
  const some = useCatalog().data?.some((model) => model.capabilities.includes('chat')) ?? false
  const [text, setText] = useState('')
  const ready = chosen !== null && !busy && text.trim() !== ''
  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault()
    if (ready) await onSend(text)
  }
  function placeholder(): string {
    // That there is none is said only where the list is known.
    if (unknown !== undefined) return unknown
    if (chosen === null) return some ? t('composerNotReady') : t('composerNone')
    return chosen.isDemo ? t('composerDemo') : t('composer', { model: chosen.name })
  }
  return (
    <div className="composer">
      <form onSubmit={submit}>
        <textarea
          rows={1}
          aria-label={t('composerLabel')}
          placeholder={placeholder()}
          value={text}
          disabled={chosen === null}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            void submit()
          }}
        />
        <div className="row">
          {chosen === null ? null : (
            <ModelPicker models={models} model={chosen} onChange={(model) => onChoose(model.id)} />
          )}
          <span className="est grow cut">{chosen?.place === 'here' ? t('free') : ''}</span>
          <Button type="submit" disabled={!ready} icon={<ArrowUp size={14} strokeWidth={1.75} aria-hidden="true" />}>
            {t('send')}
          </Button>
        </div>
      </form>
    </div>
  )
}
