import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'

/**
 * Asks before the page is left with unsaved changes, however it is left: by a link, the back button, an address or by
 * closing the window.
 */
export function LeaveGuard({ active, onDiscard }: { active: boolean; onDiscard: () => void }) {
  const { t } = useTranslation('presets')
  const [, navigate] = useLocation()
  const [target, setTarget] = useState<string | null>(null)
  const stay = useRef<HTMLButtonElement>(null)
  const allowed = useRef(false)
  useEffect(() => {
    if (!active) return
    const own = location.hash
    const onMove = (event: Event): void => {
      if (allowed.current || location.hash === own) return
      // The router listens too: it does not hear of this until the person has chosen.
      event.stopImmediatePropagation()
      setTarget(location.hash)
      history.pushState(null, '', own)
    }
    const onUnload = (event: BeforeUnloadEvent): void => event.preventDefault()
    // Back and forward say popstate first: by the hashchange that follows, the address may have been read already.
    const moves = ['popstate', 'hashchange'] as const
    for (const type of moves) addEventListener(type, onMove, { capture: true })
    addEventListener('beforeunload', onUnload)
    return () => {
      for (const type of moves) removeEventListener(type, onMove, { capture: true })
      removeEventListener('beforeunload', onUnload)
    }
  }, [active])
  if (target === null) return null
  function leave(): void {
    allowed.current = true
    setTarget(null)
    navigate((target ?? '').replace(/^#/, ''))
  }
  return (
    <Dialog
      open
      onOpenChange={() => setTarget(null)}
      title={t('leave.title')}
      initialFocus={stay}
      footer={
        <>
          <Button ref={stay} look="prime" onClick={() => setTarget(null)}>
            {t('leave.stay')}
          </Button>
          <Button onClick={leave}>{t('leave.leave')}</Button>
          <Button
            look="quiet"
            className="end"
            onClick={() => {
              onDiscard()
              leave()
            }}
          >
            {t('leave.discard')}
          </Button>
        </>
      }
    >
      <p className="m">{t('leave.body')}</p>
    </Dialog>
  )
}
