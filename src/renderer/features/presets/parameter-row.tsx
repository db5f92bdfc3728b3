import { Lock, LockOpen, X } from 'lucide-react'
import { memo, type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { ParameterInfo } from '#shared/presets.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { ParameterControl } from './parameter-control.tsx'
import type { ParameterMode } from './preset-meta.ts'
import { useParameterName } from './use-parameter-name.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

export interface ParameterRowProps {
  info: ParameterInfo
  /** Undefined: not set. */
  value: unknown
  mode: ParameterMode
  complaint: string | null
  onValue: (name: string, value: unknown) => void
  onMode: (name: string, mode: ParameterMode) => void
}

/** Name, control, value; a mark beside what is set, its lock, and the way back to unset. */
export const ParameterRow = memo(function ParameterRow(props: ParameterRowProps) {
  const { info, value, mode, complaint, onValue, onMode } = props
  const { t } = useTranslation('presets')
  const name = useParameterName()(info.name)
  const id = useId()
  const set = value !== undefined
  const classes = ['par', 'preset-par', info.supported ? '' : 'unused', complaint === null ? '' : 'wrong']
  return (
    <div className={classes.join(' ').trim()} data-field={`params.${info.name}`}>
      <span className={set ? 'chg par-name' : 'par-name'} title={info.name}>
        <span>{name}</span>
        {info.supported ? null : <span className="s m"> {t('params.unsupported')}</span>}
      </span>
      <ParameterControl
        info={info}
        name={name}
        value={value}
        describedBy={complaint === null ? undefined : `${id}-error`}
        onValue={(next) => onValue(info.name, next)}
      />
      {set ? (
        <>
          <ModeSwitch name={name} mode={mode} onMode={(next) => onMode(info.name, next)} />
          <IconButton
            label={t('params.off', { name })}
            icon={<X {...icon} />}
            onClick={() => onValue(info.name, undefined)}
          />
        </>
      ) : null}
      {complaint === null ? null : <Complaint id={`${id}-error`}>{complaint}</Complaint>}
    </div>
  )
})

function Complaint({ id, children }: { id: string; children: ReactNode }) {
  return (
    <span id={id} className="s bad par-error" role="alert">
      {children}
    </span>
  )
}

function ModeSwitch({
  name,
  mode,
  onMode,
}: {
  name: string
  mode: ParameterMode
  onMode: (mode: ParameterMode) => void
}) {
  const { t } = useTranslation('presets')
  const locked = mode === 'lock'
  return (
    <IconButton
      className={locked ? 'locked' : ''}
      label={t(locked ? 'params.lock' : 'params.open', { name })}
      icon={locked ? <Lock {...icon} /> : <LockOpen {...icon} />}
      onClick={() => onMode(locked ? 'default' : 'lock')}
    />
  )
}
