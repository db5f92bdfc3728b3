import './model-tabs.css'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useIsAdmin } from '../../bridge/session.ts'
import { PRESETS_PATH } from './preset-address.ts'

/** The two views of the Models page: the files on this machine, and the models that people made. */
export function ModelTabs({ current }: { current: 'files' | 'presets' }) {
  const { t } = useTranslation('presets')
  // The files of the machine are for those who manage it.
  const admin = useIsAdmin()
  return (
    <nav className="views" aria-label={t('views')}>
      {admin ? (
        <Link href="/models" {...(current === 'files' ? { 'aria-current': 'page' as const } : {})}>
          {t('files')}
        </Link>
      ) : null}
      <Link href={PRESETS_PATH} {...(current === 'presets' ? { 'aria-current': 'page' as const } : {})}>
        {t('title')}
      </Link>
    </nav>
  )
}
