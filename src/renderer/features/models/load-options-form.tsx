import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { LoadOptions } from '#shared/models.ts'
import { NumberField } from '../../components/number-field.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { Select } from '../../components/select.tsx'
import { useFormat } from '../../i18n/format.ts'
import { nearestStop, type OptionKey, powerStops, withOption } from './load-options.ts'
import { useOptionText } from './use-option-text.ts'

export interface LoadOptionsFormProps {
  value: LoadOptions
  /** What holds where `value` says nothing. */
  defaults: LoadOptions
  onChange: (value: LoadOptions) => void
  /** Largest context that makes sense, in tokens. */
  contextMax: number
  /** Layers of the model; null where no model is meant. */
  layers: number | null
  cores: number
  disabled?: boolean | undefined
}

const KEEP_ALIVE = [0, 60, 300, 600, 1800, 3600, 14_400, -1] as const

/** How a model is loaded, one row per option. A mark stands beside what differs from the default. */
export function LoadOptionsForm(props: LoadOptionsFormProps) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const { value, defaults, disabled } = props
  const words = useOptionText()
  function set<Key extends OptionKey>(key: Key, next: LoadOptions[Key] | undefined): void {
    props.onChange(withOption(value, key, next))
  }
  const row = (key: OptionKey, children: ReactNode): ReactNode => (
    <Row key={key} label={t(`option.${key}`)} changed={value[key] !== undefined && value[key] !== defaults[key]}>
      {children}
    </Row>
  )
  const slider = (key: 'contextSize' | 'threads' | 'batchSize' | 'sequences', stops: number[], limit: number) =>
    row(
      key,
      <StopSlider
        label={t(`option.${key}`)}
        value={value[key] ?? null}
        fallback={defaults[key] ?? null}
        stops={stops}
        min={key === 'contextSize' ? 64 : 1}
        max={limit}
        placeholder={words(key, defaults[key])}
        invalid={t('invalid', {
          min: format.number(key === 'contextSize' ? 64 : 1),
          max: format.number(limit),
        })}
        describe={(stop) => format.number(stop)}
        disabled={disabled}
        onChange={(next) => set(key, next ?? undefined)}
      />,
    )
  const toggle = (key: 'mmap' | 'mlock' | 'flashAttention') =>
    row(
      key,
      <>
        <Segmented
          label={t(`option.${key}`)}
          value={value[key] === undefined ? null : value[key] ? 'on' : 'off'}
          options={[
            { value: 'on', label: t('value.on') },
            { value: 'off', label: t('value.off') },
          ]}
          disabled={disabled}
          onChange={(next) => set(key, next === 'on')}
        />
        <span className="n m text-right">{value[key] === undefined ? words(key, defaults[key]) : ''}</span>
      </>,
    )
  const keepAlive = value.keepAliveSeconds ?? defaults.keepAliveSeconds
  const stops =
    KEEP_ALIVE.some((one) => one === keepAlive) || keepAlive === undefined ? KEEP_ALIVE : [...KEEP_ALIVE, keepAlive]
  return (
    <div>
      {slider('contextSize', powerStops(Math.min(512, props.contextMax), props.contextMax), 10_000_000)}
      <GpuRow {...props} changed={value.gpuLayers !== undefined && value.gpuLayers !== defaults.gpuLayers} />
      {slider('sequences', range(1, 16), 64)}
      {slider('threads', range(1, Math.max(1, props.cores)), 512)}
      {slider('batchSize', powerStops(32, 4096), 65_536)}
      {row(
        'keepAliveSeconds',
        <span className="col-span-2 justify-self-start">
          <Select
            label={t('option.keepAliveSeconds')}
            value={keepAlive === undefined ? '' : String(keepAlive)}
            disabled={disabled}
            options={[
              ...(defaults.keepAliveSeconds === undefined ? [{ value: '', label: t('value.auto') }] : []),
              ...stops.map((one) => ({ value: String(one), label: words('keepAliveSeconds', one) })),
            ]}
            onChange={(next) => set('keepAliveSeconds', next === '' ? undefined : Number(next))}
          />
        </span>,
      )}
      {toggle('flashAttention')}
      {toggle('mmap')}
      {toggle('mlock')}
    </div>
  )
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, step) => from + step)
}

function Row({ label, changed, children }: { label: string; changed: boolean; children: ReactNode }) {
  return (
    <div className="par">
      <span className={changed ? 'chg' : ''}>{label}</span>
      {children}
    </div>
  )
}

function GpuRow({ value, defaults, layers, disabled, onChange, changed }: LoadOptionsFormProps & { changed: boolean }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const words = useOptionText()
  const current = value.gpuLayers
  const max = layers ?? 10_000
  return (
    <Row label={t('option.gpuLayers')} changed={changed}>
      <Segmented
        label={t('option.gpuLayers')}
        value={current === undefined ? null : typeof current === 'number' ? 'number' : current}
        options={[
          { value: 'auto', label: t('value.auto') },
          { value: 'max', label: t('value.max') },
          { value: 'number', label: t('value.number') },
        ]}
        disabled={disabled}
        onChange={(next) => onChange(withOption(value, 'gpuLayers', next === 'number' ? (layers ?? 0) : next))}
      />
      {typeof current === 'number' ? (
        <NumberField
          label={t('option.gpuLayers')}
          value={current}
          min={0}
          max={max}
          disabled={disabled}
          invalid={t('invalid', { min: 0, max: format.number(max) })}
          onCommit={(next) => onChange(withOption(value, 'gpuLayers', next ?? undefined))}
        />
      ) : (
        <span className="n m text-right">{current === undefined ? words('gpuLayers', defaults.gpuLayers) : ''}</span>
      )}
    </Row>
  )
}

function StopSlider({
  label,
  value,
  fallback,
  stops,
  min,
  max,
  placeholder,
  invalid,
  describe,
  disabled,
  onChange,
}: {
  label: string
  value: number | null
  fallback: number | null
  stops: number[]
  min: number
  max: number
  placeholder: string
  invalid: string
  describe: (stop: number) => string
  disabled?: boolean | undefined
  onChange: (value: number | null) => void
}) {
  const id = useId()
  const position = value ?? fallback
  return (
    <>
      <input
        type="range"
        id={id}
        className={value === null ? 'unset' : ''}
        min={0}
        max={stops.length - 1}
        value={position === null ? 0 : nearestStop(stops, position)}
        aria-label={label}
        aria-valuetext={value === null ? placeholder : describe(value)}
        disabled={disabled}
        onChange={(event) => onChange(stops[Number(event.target.value)] ?? null)}
      />
      <span className="grid justify-items-end">
        <NumberField
          label={label}
          value={value}
          min={min}
          max={max}
          placeholder={placeholder}
          invalid={invalid}
          disabled={disabled}
          onCommit={onChange}
        />
      </span>
    </>
  )
}
