import { Dialog } from '@base-ui/react/dialog'
import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { MessageImage } from '#shared/chats.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useImage } from './use-image.ts'

/** A message's picture as large as the window allows. Arrows go to its neighbours, Escape closes. */
export function ImageViewer({
  images,
  at,
  onAt,
  onClose,
}: {
  images: readonly MessageImage[]
  at: number
  onAt: (index: number) => void
  onClose: () => void
}) {
  const { t } = useTranslation(['chat', 'app'])
  const format = useFormat()
  const image = images[at]
  if (image === undefined) return null
  const title = t('chat:image.position', { position: at + 1, count: images.length })
  const step = (by: number): void => {
    if (images[at + by] !== undefined) onAt(at + by)
  }
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup
          className="viewer"
          render={<section />}
          onKeyDown={(event) => {
            if (event.key === 'ArrowLeft') step(-1)
            if (event.key === 'ArrowRight') step(1)
          }}
        >
          <header className="row">
            <Dialog.Title className="grow cut">{title}</Dialog.Title>
            <span className="n m nw">
              {t('chat:image.size', { width: format.number(image.width), height: format.number(image.height) })} ·{' '}
              {format.bytes(image.sizeBytes)}
            </span>
            {images.length === 1 ? null : (
              <>
                <IconButton
                  label={t('chat:image.previous')}
                  disabled={at === 0}
                  icon={<ChevronLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
                  onClick={() => step(-1)}
                />
                <IconButton
                  label={t('chat:image.next')}
                  disabled={at === images.length - 1}
                  icon={<ChevronRight size={16} strokeWidth={1.75} aria-hidden="true" />}
                  onClick={() => step(1)}
                />
              </>
            )}
            <Dialog.Close className="btn quiet ib" aria-label={t('app:close')}>
              <X size={16} strokeWidth={1.75} aria-hidden="true" />
            </Dialog.Close>
          </header>
          <Large key={image.id} id={image.id} label={title} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Large({ id, label }: { id: string; label: string }) {
  const { data } = useImage(id)
  return <div className="viewer-stage">{data === undefined ? null : <img src={data} alt={label} />}</div>
}
