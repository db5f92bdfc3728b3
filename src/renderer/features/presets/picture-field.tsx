import { ImageUp, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { ModelFace } from '../../components/model-picker/model-face.tsx'
import { useFormat } from '../../i18n/format.ts'
import { dataUriBytes, PictureError, readPicture } from './picture-file.ts'
import { PresetField } from './preset-field.tsx'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** The model's picture: a file, made small and kept inside the model, or an address. */
export function PictureField({
  name,
  picture,
  complaint,
  onChange,
}: {
  name: string
  picture: string
  complaint: string | null
  onChange: (picture: string) => void
}) {
  const { t } = useTranslation('presets')
  const format = useFormat()
  const file = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<'broken' | 'large' | null>(null)
  const kept = dataUriBytes(picture)
  const web = /^https?:/.test(picture)
  const own = problem === null ? null : t(problem === 'large' ? 'field.pictureLarge' : 'field.pictureWrong')

  async function take(chosen: File | undefined): Promise<void> {
    if (chosen === undefined) return
    try {
      onChange(await readPicture(chosen))
      setProblem(null)
    } catch (error) {
      if (!(error instanceof PictureError)) throw error
      setProblem(error.reason)
    }
  }

  return (
    <PresetField
      group
      path="meta.profile_image_url"
      label={t('field.picture')}
      complaint={own ?? complaint}
      hint={
        kept !== null ? t('field.pictureKept', { size: format.bytes(kept) }) : web ? t('field.pictureWeb') : undefined
      }
    >
      {({ invalid }) => (
        <div className="row picture">
          <ModelFace name={name} picture={picture} size={40} />
          <Button icon={<ImageUp {...icon} />} onClick={() => file.current?.click()}>
            {t('field.pictureChoose')}
          </Button>
          <input
            ref={file}
            type="file"
            accept="image/*"
            hidden
            aria-label={t('field.pictureChoose')}
            onChange={(event) => {
              void take(event.target.files?.[0])
              event.target.value = ''
            }}
          />
          {kept === null ? (
            <input
              className="grow"
              type="url"
              aria-label={t('field.pictureUrl')}
              aria-invalid={invalid}
              placeholder={t('field.pictureUrlPlaceholder')}
              spellCheck={false}
              value={picture}
              onChange={(event) => {
                setProblem(null)
                onChange(event.target.value)
              }}
            />
          ) : null}
          {picture === '' ? null : (
            <IconButton
              label={t('field.pictureRemove')}
              icon={<X {...icon} />}
              onClick={() => {
                setProblem(null)
                onChange('')
              }}
            />
          )}
        </div>
      )}
    </PresetField>
  )
}
