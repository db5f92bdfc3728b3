import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { findByName } from '#shared/model-name.ts'
import type { EffectiveRequest } from '#shared/presets.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useCatalog } from '../../bridge/queries.ts'
import { ErrorForm } from '../../components/error-form.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { valueText } from './parameter-list.ts'
import { useParameterName } from './use-parameter-name.ts'

/** What a request to the draft would become: its way to the base model, and each value with where it comes from. */
export function EffectivePanel({ effective, error }: { effective: EffectiveRequest | undefined; error: Error | null }) {
  const { t } = useTranslation(['presets', 'app'])
  if (error !== null) return <ErrorForm error={toPublicError(error)} alert />
  if (effective === undefined) {
    return (
      <p className="m" role="status">
        {t('app:loading')}
      </p>
    )
  }
  return (
    <>
      <p className="m s note">{t('presets:effective.note')}</p>
      <h3>{t('presets:effective.chain')}</h3>
      <Chain effective={effective} />
      {effective.usesFallback ? <p className="warn s">{t('presets:effective.fallback')}</p> : null}
      {effective.params.length === 0 ? (
        <p className="m pt-2">{t('presets:effective.none')}</p>
      ) : (
        <Values effective={effective} />
      )}
      {effective.system === '' ? null : (
        <>
          <h3 className="pt-3">{t('presets:effective.system')}</h3>
          <p className="kept">{effective.system}</p>
        </>
      )}
    </>
  )
}

function Chain({ effective }: { effective: EffectiveRequest }) {
  const { t } = useTranslation('presets')
  const catalog = useCatalog().data
  return (
    <p className="chain">
      {effective.chain.map(({ id, name, kind }, index) => {
        const place = kind === 'preset' ? undefined : findByName(catalog ?? [], id)?.place
        return (
          <Fragment key={`${kind}:${id}`}>
            {index === 0 ? null : <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />}
            <span className="row">
              {place === undefined ? null : <Glyph place={place} named />}
              <b>{name}</b> <span className="m s nw">{t(`effective.kind.${kind}`)}</span>
            </span>
          </Fragment>
        )
      })}
    </p>
  )
}

function Values({ effective }: { effective: EffectiveRequest }) {
  const { t } = useTranslation('presets')
  const nameOf = useParameterName()
  const models = new Map(effective.chain.map(({ id, name }) => [id, name]))
  return (
    <table className="tight changes">
      <thead>
        <tr>
          <th>{t('effective.parameter')}</th>
          <th className="n">{t('effective.value')}</th>
          <th>{t('effective.from')}</th>
        </tr>
      </thead>
      <tbody>
        {effective.params.map(({ name, value, source, sourceId, overridden }) => (
          <tr key={name}>
            <td title={name}>{nameOf(name)}</td>
            <td className="n value">{valueText(value)}</td>
            <td>
              {t(`effective.source.${source}`)}
              {sourceId === null || effective.chain.length < 3 ? null : (
                <span className="m"> · {models.get(sourceId) ?? sourceId}</span>
              )}
              {overridden.map((other) => (
                <span key={other.source} className="s m over">
                  {t('effective.over', {
                    value: valueText(other.value),
                    source: t(`effective.source.${other.source}`),
                  })}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
