import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { useFormat } from '../../i18n/format.ts'
import type { PastedText } from './pasted-text.ts'

/** A rough count before sending: four characters to a token, said as "about". */
export function Estimate(props: {
  text: string
  pastes: readonly PastedText[]
  context: number
  pictures: number
  model: CatalogModel | null
}) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const characters = props.pastes.reduce((sum, paste) => sum + paste.text.length, props.text.length)
  const pictures = props.pictures === 0 ? null : t('image.count', { count: props.pictures })
  if (characters === 0) return pictures
  const tokens = Math.ceil(characters / 4) + props.context
  const window = props.model?.contextLength ?? null
  const words: string[] = [t('estimate.about', { tokens: format.compact(tokens) })]
  if (pictures !== null) words.push(pictures)
  if (window !== null) {
    words.push(tokens <= window ? t('estimate.fits') : t('estimate.tooLong', { window: format.compact(window) }))
  }
  if (props.model?.place === 'here') words.push(t('estimate.here'))
  return words.join(' · ')
}
