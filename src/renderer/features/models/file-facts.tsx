import { useTranslation } from 'react-i18next'
import type { GgufFile } from '#shared/models.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { useFormat } from '../../i18n/format.ts'

/** Everything the GGUF header and the file system say about a model. */
export function FileFacts({ file }: { file: GgufFile }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const facts = file.facts
  const notSaid = t('notSaid')
  const rows: [string, string, 'text' | 'figure'][] = []
  if (facts !== null) {
    rows.push(
      [t('fact.name'), facts.name ?? notSaid, 'text'],
      [t('fact.architecture'), facts.architecture, 'text'],
      [
        t('fact.parameters'),
        facts.parameterCount === null ? (facts.sizeLabel ?? notSaid) : format.number(facts.parameterCount),
        'figure',
      ],
      [t('fact.quantization'), facts.quantization, 'figure'],
      [t('fact.context'), format.number(facts.contextLength), 'figure'],
      [t('fact.layers'), format.number(facts.blockCount), 'figure'],
      [t('fact.heads'), format.number(facts.headCount), 'figure'],
      [t('fact.embedding'), format.number(facts.embeddingLength), 'figure'],
      [t('fact.vocabulary'), format.number(facts.vocabularySize), 'figure'],
      [t('fact.template'), facts.hasChatTemplate ? t('yes') : t('no'), 'text'],
      [t('fact.license'), facts.license ?? notSaid, 'text'],
    )
  }
  if (file.capabilities.length > 0) {
    rows.push([t('fact.kind'), file.capabilities.map((one) => t(`kind.${one}`)).join(', '), 'text'])
  }
  rows.push(
    [t('fact.size'), format.bytes(file.sizeBytes), 'figure'],
    [t('fact.modified'), format.day(file.modifiedAt), 'text'],
    [t('fact.found'), t(`source.${file.source}`), 'text'],
  )
  return (
    <section className="sec border-b-0">
      <h2>{t('facts')}</h2>
      <dl className="facts">
        {rows.map(([name, value, kind]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd className={kind === 'text' ? 't' : ''}>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="row pt-2">
        <span className="n m grow break-all">{file.path}</span>
        <CopyButton text={file.path} what={t('fact.path')} />
      </div>
    </section>
  )
}
