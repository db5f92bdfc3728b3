import { X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useFocusHeir } from '../../page/use-focus-heir.ts'
import { useOllamaStore } from './ollama-store.ts'

/** The last call about the whole server that failed, until it is dismissed or says nothing about now. */
export function ServerFailure() {
  const failed = useOllamaStore((store) => store.serverFailure)
  return failed === null ? null : <Failure error={failed} />
}

function Failure({ error }: { error: PublicError }) {
  const { t } = useTranslation('app')
  const form = useRef<HTMLDivElement>(null)
  useFocusHeir(form, () => document.getElementById('main'))
  return (
    <div ref={form} className="max-w-[656px] pt-4">
      <ErrorForm
        error={error}
        alert
        aside={
          <IconButton
            label={t('dismiss')}
            icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => useOllamaStore.setState({ serverFailure: null })}
          />
        }
      />
    </div>
  )
}
