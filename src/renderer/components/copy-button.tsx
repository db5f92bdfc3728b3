import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from './announcer.tsx'
import { Button } from './button.tsx'

/** Puts text on the clipboard and says so in its own label. Rejects when the clipboard is not allowed. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}

/** Copies a text; `what` completes the name for screen readers. */
export function CopyButton({ text, what, quiet = true }: { text: string; what?: string | undefined; quiet?: boolean }) {
  const { t } = useTranslation('app')
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [done])
  return (
    <Button
      look={quiet ? 'quiet' : 'plain'}
      {...(what === undefined ? {} : { 'aria-label': `${t('copy')}: ${what}` })}
      icon={
        done ? (
          <Check size={14} strokeWidth={1.75} aria-hidden="true" />
        ) : (
          <Copy size={14} strokeWidth={1.75} aria-hidden="true" />
        )
      }
      onClick={async () => {
        await copyText(text)
        setDone(true)
        announce(t('copied'))
      }}
    >
      {done ? t('copied') : t('copy')}
    </Button>
  )
}
