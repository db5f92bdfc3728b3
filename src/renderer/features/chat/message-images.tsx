import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageImage } from '#shared/chats.ts'
import { useFormat } from '../../i18n/format.ts'
import { ImageViewer } from './image-viewer.tsx'
import { useImage } from './use-image.ts'

/** px that a picture takes in the thread at most. */
const WIDTH = 240
const HEIGHT = 180
/** The pictures of a person's message; one becomes large when it is pressed. */
export function MessageImages({ images }: { images: readonly MessageImage[] }) {
  const { t } = useTranslation('chat')
  const [open, setOpen] = useState<number | null>(null)
  return (
    <>
      <ul className="pics sent" aria-label={t('image.attached')}>
        {images.map((image, index) => (
          <li key={image.id}>
            <Thumbnail image={image} number={index + 1} onOpen={() => setOpen(index)} />
          </li>
        ))}
      </ul>
      {open === null ? null : <ImageViewer images={images} at={open} onAt={setOpen} onClose={() => setOpen(null)} />}
    </>
  )
}

/** Takes its place before its bytes are here, so that nothing below it moves. */
function Thumbnail({ image, number, onOpen }: { image: MessageImage; number: number; onOpen: () => void }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const { data, isError, refetch } = useImage(image.id)
  const scale = Math.min(1, WIDTH / image.width, HEIGHT / image.height)
  const style = { width: Math.max(32, image.width * scale), height: Math.max(32, image.height * scale) }
  if (isError) {
    return (
      <button type="button" className="pic-failed s m" style={style} onClick={() => void refetch()}>
        {t('image.notLoaded')}
      </button>
    )
  }
  const size = t('image.size', { width: format.number(image.width), height: format.number(image.height) })
  return (
    <button
      type="button"
      className="pic-open"
      style={style}
      aria-label={t('image.enlarge', { number, size })}
      onClick={onOpen}
    >
      {data === undefined ? null : <img src={data} alt="" draggable={false} />}
    </button>
  )
}
