import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ParameterInfo } from '#shared/presets.ts'
import { NumberField } from '../../components/number-field.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { Select } from '../../components/select.tsx'
import { useFormat } from '../../i18n/format.ts'
import { nearestStop } from '../models/load-options.ts'
import { sliderStops } from './parameter-list.ts'

export interface ParameterControlProps {
  info: ParameterInfo
  /** For people. */
  name: string
  value: unknown
  describedBy: string | undefined
  onValue: (value: unknown) => void
}

/** What sets a parameter, by its kind: slider and figure, switch, choice, text, lines or JSON. */
export function ParameterControl(props: ParameterControlProps) {
  const { t } = useTranslation('presets')
  const { info, name, value, onValue } = props
  // A value that does not fit its kind (imported) is shown as what it is.
  if (value !== undefined && !fits(info, value)) return <JsonControl {...props} />
  switch (info.kind) {
    case 'number':
    case 'integer':
      return <NumberControl {...props} />
    case 'boolean':
      return (
        <span className="par-wide">
          <Segmented
            label={name}
            value={value === undefined ? null : value === true ? 'on' : 'off'}
            options={[
              { value: 'on', label: t('params.on') },
              { value: 'off', label: t('params.offValue') },
            ]}
            onChange={(next) => onValue(next === 'on')}
          />
        </span>
      )
    case 'choice':
      return (
        <span className="par-wide">
          <Select
            label={name}
            value={value === undefined ? '' : String(value)}
            options={[
              { value: '', label: t('params.unset') },
              ...info.choices.map((choice) => ({ value: choice, label: choice })),
            ]}
            onChange={(next) => onValue(next === '' ? undefined : readChoice(next))}
          />
        </span>
      )
    case 'list':
      return <ListControl {...props} />
    case 'text':
      return (
        <input
          className="par-wide"
          aria-label={name}
          aria-invalid={props.describedBy !== undefined}
          aria-describedby={props.describedBy}
          placeholder={t('params.unset')}
          spellCheck={false}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onValue(event.target.value === '' ? undefined : event.target.value)}
        />
      )
    case 'json':
      return <JsonControl {...props} />
  }
}

function fits(info: ParameterInfo, value: unknown): boolean {
  switch (info.kind) {
    case 'number':
    case 'integer':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'text':
      return typeof value === 'string'
    case 'choice':
      return info.choices.includes(String(value))
    case 'list':
      return Array.isArray(value) && value.every((line) => typeof line === 'string')
    case 'json':
      return true
  }
}

/** `true` and `false` among choices are meant as such (Ollama's `think`: true, false, low, high). */
function readChoice(choice: string): string | boolean {
  return choice === 'true' ? true : choice === 'false' ? false : choice
}

function NumberControl({ info, name, value, onValue }: ParameterControlProps) {
  const { t } = useTranslation('presets')
  const format = useFormat()
  const slider = sliderStops(info)
  const number = typeof value === 'number' ? value : null
  const initial = typeof info.initial === 'number' ? info.initial : (info.min ?? 0)
  const position = number ?? initial
  const step = info.step ?? (info.kind === 'integer' ? 1 : 0.01)
  const unset = t('params.unset')
  return (
    <>
      {slider === null ? (
        <span />
      ) : (
        <input
          type="range"
          className={number === null ? 'unset' : ''}
          aria-label={name}
          aria-valuetext={number === null ? unset : format.number(number)}
          {...(slider.even
            ? { min: info.min ?? 0, max: info.max ?? 1, step, value: position }
            : { min: 0, max: slider.stops.length - 1, step: 1, value: nearestStop(slider.stops, position) })}
          onChange={(event) => {
            const at = Number(event.target.value)
            onValue(slider.even ? at : (slider.stops[at] ?? initial))
          }}
        />
      )}
      <span className="par-figure">
        <NumberField
          label={name}
          value={number}
          min={info.min ?? Number.MIN_SAFE_INTEGER}
          max={info.max ?? Number.MAX_SAFE_INTEGER}
          step={step}
          placeholder={unset}
          invalid={
            info.min === null || info.max === null
              ? t('params.invalidNumber')
              : t('params.invalid', { min: format.number(info.min), max: format.number(info.max) })
          }
          onCommit={(next) => onValue(next ?? undefined)}
        />
      </span>
    </>
  )
}

/** Texts, one a line. A line break inside a text is written \n. */
function ListControl({ name, value, describedBy, onValue }: ParameterControlProps) {
  const { t } = useTranslation('presets')
  const lines = Array.isArray(value) ? value.map((line) => String(line).replaceAll('\n', '\\n')) : []
  const [text, setText] = useState(lines.join('\n'))
  const told = lines.join('\n')
  useEffect(() => {
    // What comes from elsewhere (a template, the JSON) is taken over; an empty last line is being typed.
    setText((shown) => (linesOf(shown).join('\n') === told ? shown : told))
  }, [told])
  return (
    <textarea
      className="par-wide typed"
      rows={Math.max(1, Math.min(6, text.split('\n').length))}
      aria-label={name}
      aria-invalid={describedBy !== undefined}
      aria-describedby={describedBy}
      placeholder={t('params.listHint')}
      spellCheck={false}
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        const next = linesOf(event.target.value)
        onValue(next.length === 0 ? undefined : next.map((line) => line.replaceAll('\\n', '\n')))
      }}
    />
  )
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

/** Any value as JSON; passed on while it is valid. */
function JsonControl({ name, value, describedBy, onValue }: ParameterControlProps) {
  const { t } = useTranslation('presets')
  const told = value === undefined ? '' : JSON.stringify(value)
  const [text, setText] = useState(told)
  const [wrong, setWrong] = useState(false)
  useEffect(() => {
    setText((shown) => (compact(shown) === told ? shown : told))
    setWrong(false)
  }, [told])
  return (
    <span className="par-wide">
      <input
        className="typed"
        aria-label={name}
        aria-invalid={wrong || describedBy !== undefined}
        aria-describedby={describedBy}
        placeholder={t('params.unset')}
        spellCheck={false}
        value={text}
        onChange={(event) => {
          const next = event.target.value
          setText(next)
          if (next.trim() === '') {
            setWrong(false)
            onValue(undefined)
            return
          }
          const read = compact(next)
          setWrong(read === null)
          if (read !== null) onValue(JSON.parse(read))
        }}
      />
      {wrong ? (
        <span className="s bad" role="alert">
          {t('params.invalidJson')}
        </span>
      ) : null}
    </span>
  )
}

/** Valid JSON without its blanks; null for what is none. */
function compact(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return null
  }
}
