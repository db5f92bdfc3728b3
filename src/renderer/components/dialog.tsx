import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { useTranslation } from 'react-i18next'

/** A modal sheet: title, body, and a row of buttons below. Escape and the cross close it; focus returns to its opener. */
export function Dialog({
  open,
  onOpenChange,
  title,
  footer,
  initialFocus,
  unsent = false,
  children,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  footer?: ReactNode
  /** What takes the focus when it opens; the first control unless told. */
  initialFocus?: RefObject<HTMLElement | null> | undefined
  /** Something was typed: a click beside the sheet does not close it. */
  unsent?: boolean | undefined
  children: ReactNode
}) {
  const { t } = useTranslation('app')
  return (
    <Base.Root open={open} onOpenChange={onOpenChange} disablePointerDismissal={unsent}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup className="dialog" render={<section />} {...(initialFocus === undefined ? {} : { initialFocus })}>
          <div className="title">
            <Base.Title>{title}</Base.Title>
            <Base.Close className="btn quiet ib" aria-label={t('close')}>
              <X size={16} strokeWidth={1.75} aria-hidden="true" />
            </Base.Close>
          </div>
          <div className="body">{children}</div>
          {footer === undefined ? null : <div className="buttons">{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
