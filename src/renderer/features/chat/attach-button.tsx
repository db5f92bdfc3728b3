import { ImagePlus } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { IMAGE_TYPES } from '#shared/chats.ts'
import type { CatalogModel } from '#shared/models.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { sees } from './use-chat-models.ts'

/** Chooses pictures. Where the model does not see, its name says so and pressing it tells who does. */
export function AttachButton({
  model,
  onFiles,
  onBlind,
}: {
  model: CatalogModel | null
  onFiles: (files: File[]) => void
  onBlind: () => void
}) {
  const { t } = useTranslation('chat')
  const input = useRef<HTMLInputElement>(null)
  const blind = model !== null && !sees(model)
  return (
    <>
      <IconButton
        label={blind ? t('image.attachBlind', { model: model.name }) : t('image.attach')}
        className={blind ? 'blind' : ''}
        disabled={model === null}
        icon={<ImagePlus size={16} strokeWidth={1.75} aria-hidden="true" />}
        onClick={() => (blind ? onBlind() : input.current?.click())}
      />
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={IMAGE_TYPES.join(',')}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          // The same file may be chosen again.
          event.target.value = ''
        }}
      />
    </>
  )
}
