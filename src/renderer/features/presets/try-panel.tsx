import { CircleStop } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import type { PresetDraft } from './preset-draft.ts'
import { type Side, type Trial, useTryOut } from './use-try-out.ts'

/** One prompt to the saved version and to the draft, beside each other. Nothing of it is kept. */
export function TryPanel({ draft, isNew, dirty }: { draft: PresetDraft; isNew: boolean; dirty: boolean }) {
  const { t } = useTranslation('presets')
  const [prompt, setPrompt] = useState('')
  const { trials, running, run, stop } = useTryOut()
  const ready = draft.baseModelId !== null || !isNew

  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault()
    if (prompt.trim() === '' || running || !ready) return
    const sides = { ...(isNew ? {} : { saved: null }), ...(isNew || dirty ? { draft } : {}) }
    await run(draft.id === '' ? 'draft' : draft.id, prompt, sides)
    announce(t('try.finished'))
  }

  return (
    <div className="try">
      <form onSubmit={submit}>
        <textarea
          rows={3}
          aria-label={t('try.prompt')}
          placeholder={t('try.placeholder')}
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            void submit()
          }}
        />
        <div className="row pt-2">
          {running ? (
            <Button icon={<CircleStop size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={stop}>
              {t('try.stop')}
            </Button>
          ) : (
            <Button type="submit" disabled={prompt.trim() === '' || !ready}>
              {t('try.run')}
            </Button>
          )}
          <span className="m s">{t(ready ? (isNew || dirty ? 'try.note' : 'try.same') : 'try.unready')}</span>
        </div>
      </form>
      <div className="trials">
        {(['saved', 'draft'] as const).map((side) => {
          const trial = trials[side]
          return trial === undefined ? null : <TrialView key={side} side={side} trial={trial} />
        })}
      </div>
    </div>
  )
}

function TrialView({ side, trial }: { side: Side; trial: Trial }) {
  const { t } = useTranslation('presets')
  return (
    <section className="trial" aria-label={t(`try.${side}`)} aria-busy={trial.state === 'running'}>
      <div className="row">
        <h3>{t(`try.${side}`)}</h3>
        <span className="end n m nw">
          <Figures trial={trial} />
        </span>
      </div>
      {trial.reasoning === '' ? null : (
        <details open={trial.text === ''}>
          <summary>{t('try.thinking')}</summary>
          <p className="kept m">{trial.reasoning}</p>
        </details>
      )}
      {trial.text === '' && trial.state === 'running' && trial.reasoning === '' ? (
        <p className="m">{t('try.waiting')}</p>
      ) : (
        <p className="kept">{trial.text}</p>
      )}
      {trial.error === null ? null : <ErrorForm error={trial.error} alert />}
    </section>
  )
}

function Figures({ trial }: { trial: Trial }) {
  const { t } = useTranslation('presets')
  const format = useFormat()
  if (trial.state === 'stopped') return t('try.stopped')
  if (trial.ttftMs === null) return null
  const ttft = format.duration(trial.ttftMs)
  if (trial.tokensPerSecond === null) return t('try.ttft', { ttft })
  return t('try.speed', { ttft, speed: format.number(trial.tokensPerSecond, trial.tokensPerSecond < 10 ? 1 : 0) })
}
