import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'

/** What a query brought; until then that it loads, or why it could not. Old data is dated, never blank. */
export function Loaded<Value>({
  query,
  children,
}: {
  query: UseQueryResult<Value>
  children: (value: Value) => ReactNode
}) {
  const { t } = useTranslation('app')
  const format = useFormat()
  if (query.data !== undefined) {
    return (
      <>
        {query.error === null ? null : (
          <p className="s warn" role="status">
            {t('asOf', { time: format.time(query.dataUpdatedAt) })}
          </p>
        )}
        {children(query.data)}
      </>
    )
  }
  if (query.error === null) {
    return (
      <p className="m" role="status">
        {t('loading')}
      </p>
    )
  }
  return (
    <ErrorForm error={toPublicError(query.error)} alert>
      <div className="row pt-1">
        <Button onClick={() => void query.refetch()}>{t('retry')}</Button>
      </div>
    </ErrorForm>
  )
}
