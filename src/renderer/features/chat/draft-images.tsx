import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { MAX_IMAGE_BYTES, MAX_IMAGE_SIDE, MAX_IMAGES, MAX_IMAGES_BYTES } from '#shared/chats.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import type { DraftImage, ImageProblem } from './draft-image.ts'
import type { DraftImages as Draft } from './use-draft-images.ts'

/** The pictures of the next message, each with a way to remove it; below them what was changed or not taken. */
export function DraftImages({ draft, onRemoved }: { draft: Draft; onRemoved: () => void }) {
  const { t } = useTranslation('chat')
  const { images, problems, busy } = draft
  return (
    <>
      {images.length === 0 ? null : (
        <ul className="pics" aria-label={t('image.attached')}>
          {images.map((image, index) => (
            <li key={image.id} className="pic">
              <img src={image.url} alt={nameOf(image) ?? t('image.number', { number: index + 1 })} />
              <IconButton
                label={t('image.remove', { name: nameOf(image) ?? t('image.number', { number: index + 1 }) })}
                icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                onClick={() => {
                  draft.remove(image.id)
                  onRemoved()
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <div className="pic-notes" role="status">
        {busy ? <p className="s m">{t('image.reading')}</p> : <Scaled images={images} />}
        {problems.map((problem, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is replaced as a whole
          <p key={index} className="s bad">
            <Problem problem={problem} />
          </p>
        ))}
      </div>
    </>
  )
}

/** Pasted pictures all have the same name, which says nothing. */
function nameOf({ name }: DraftImage): string | null {
  return name === '' || name === 'image.png' ? null : name
}

function Scaled({ images }: { images: readonly DraftImage[] }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const smaller = images.filter((image) => image.original !== null)
  const [first] = smaller
  if (first === undefined || first.original === null) return null
  const size = (of: { width: number; height: number }): string =>
    t('image.size', { width: format.number(of.width), height: format.number(of.height) })
  return (
    <p className="s m">
      {smaller.length === 1
        ? t('image.scaled', {
            name: nameOf(first) ?? t('image.number', { number: images.indexOf(first) + 1 }),
            from: size(first.original),
            to: size(first),
          })
        : t('image.scaledMany', { count: smaller.length, side: format.number(MAX_IMAGE_SIDE) })}
    </p>
  )
}

function Problem({ problem }: { problem: ImageProblem }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const { name, reason } = problem
  switch (reason) {
    case 'type':
      return t('image.problem.type', { name })
    case 'broken':
      return t('image.problem.broken', { name })
    case 'bytes':
      return t('image.problem.bytes', { name, most: format.bytes(MAX_IMAGE_BYTES) })
    case 'together':
      return t('image.problem.together', { name, most: format.bytes(MAX_IMAGES_BYTES) })
    case 'count':
      return t('image.problem.count', { name, most: format.number(MAX_IMAGES) })
  }
}
