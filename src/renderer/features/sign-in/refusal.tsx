import { useTranslation } from 'react-i18next'
import { AccountRefusal } from '../../bridge/accounts.ts'
import { useFormat } from '../../i18n/format.ts'

/** Why signing in or up did not work, and when it can be tried again. */
export function RefusalLine({ error, invited }: { error: unknown; invited?: boolean | undefined }) {
  const { t, i18n } = useTranslation('signIn')
  const format = useFormat()
  if (error === null) return null
  const sentence = (): string => {
    if (!(error instanceof AccountRefusal)) return t('refused.unreachable')
    if (error.status === 429) {
      return error.retryAt === null
        ? t('refused.tooMany')
        : t('refused.tooManyUntil', { time: format.time(Math.ceil(error.retryAt / 60_000) * 60_000) })
    }
    // The server speaks English. Elsewhere our own sentence stands for its.
    if (error.message !== '' && i18n.language.startsWith('en')) return error.message
    if (error.status === 409) return t('refused.taken')
    if (error.status === 401 || error.status === 400) return t(invited ? 'refused.invite' : 'refused.wrong')
    if (error.status === 403) return t(invited ? 'refused.invite' : 'refused.closed')
    return t('refused.other', { status: error.status })
  }
  return (
    <p className="bad" role="alert">
      {sentence()}
    </p>
  )
}
