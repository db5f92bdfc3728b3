import { Check, CircleDashed, Clock, KeyRound, type LucideIcon, Pause, Timer, Unplug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ConnectionState } from '#shared/connections.ts'

const LOOKS: Record<ConnectionState, { Icon: LucideIcon; tone: string }> = {
  ready: { Icon: Check, tone: '' },
  slow: { Icon: Timer, tone: 'warn' },
  limited: { Icon: Clock, tone: 'warn' },
  'auth-failed': { Icon: KeyRound, tone: 'bad' },
  down: { Icon: Unplug, tone: 'bad' },
  disabled: { Icon: Pause, tone: 'm' },
  unknown: { Icon: CircleDashed, tone: 'm' },
}

/** True for what a person should look at: it answers nobody. */
export function isTrouble(state: ConnectionState): boolean {
  return state === 'down' || state === 'auth-failed'
}

/** The state as a word with its icon; never a colour alone. */
export function StateWord({ state }: { state: ConnectionState }) {
  const { t } = useTranslation('backends')
  const { Icon, tone } = LOOKS[state]
  return (
    <span className={`state ${tone}`.trim()}>
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      {t(`state.${state}`)}
    </span>
  )
}
