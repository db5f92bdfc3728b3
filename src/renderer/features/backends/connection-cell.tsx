import { CircleX, X } from 'lucide-react'
import { type DragEvent, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import type { PublicError } from '#shared/errors.ts'
import { Button } from '../../components/button.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useFocusHeir } from '../../page/use-focus-heir.ts'
import { useNow } from '../../page/use-now.ts'
import { useBackendsStore } from './backends-store.ts'
import { CellActions, type MoveHandlers } from './cell-actions.tsx'
import { CellFigures, CellKeys, CellNote } from './cell-facts.tsx'
import { StateWord } from './connection-state.tsx'
import { partOfCell } from './part-of-cell.ts'
import { failedStep, type TestRun, useTestRuns } from './test-runs.ts'
import { forgetFailure, useConnectionActionStore, useConnectionActions } from './use-connection-actions.ts'
import { useAddressLine } from './use-connection-text.ts'

/** One connection: where it is, how it is, and what can be done to it. */
export function ConnectionCell({
  view,
  moving,
  dropping,
  onDragOver,
  onDrop,
}: {
  view: ConnectionView
  moving: MoveHandlers
  /** Something is dragged over it. */
  dropping: boolean
  onDragOver: (event: DragEvent) => void
  onDrop: (event: DragEvent) => void
}) {
  const title = useId()
  const selected = useBackendsStore((store) => store.selected === view.id)
  const removing = useBackendsStore((store) => store.removing === view.id)
  const line = useAddressLine(view)
  const cell = useRef<HTMLElement>(null)
  useFocusHeir(cell, () => document.getElementById('main'))
  return (
    <article
      ref={cell}
      className={dropping ? 'cell dropping' : 'cell'}
      aria-labelledby={title}
      data-connection={view.id}
      {...(selected ? { 'aria-current': true } : {})}
      onDragOver={onDragOver}
      onDrop={onDrop}
    >
      <header className="row">
        <Glyph place={view.place} named />
        <h3 id={title} className="cut" title={view.title}>
          {view.title}
        </h3>
        <StateWord state={view.health.state} />
      </header>
      <p className="s m cut" title={line.join(' · ')}>
        {line.join(' · ')}
      </p>
      {removing ? (
        <AskToRemove view={view} />
      ) : (
        <>
          <CellFigures view={view} />
          <CellKeys view={view} />
          <CellNote view={view} />
          <LastTest view={view} />
          <ActionFailure view={view} />
          <CellActions view={view} moving={moving} />
        </>
      )}
    </article>
  )
}

/** The last test in a line that opens it, unless it is shown beside already. */
function LastTest({ view }: { view: ConnectionView }) {
  const { t } = useTranslation('backends')
  const run = useTestRuns((store) => store.runs[view.id])
  const selected = useBackendsStore((store) => store.selected === view.id)
  if (run === undefined || run.endedAt === null || selected) return null
  return (
    <p className="s m">
      <button
        type="button"
        className="link"
        aria-label={t('run.show', { name: view.title })}
        onClick={() => useBackendsStore.setState({ selected: view.id })}
      >
        <TestOutcome run={run} endedAt={run.endedAt} />
      </button>
    </p>
  )
}

function TestOutcome({ run, endedAt }: { run: TestRun; endedAt: number }) {
  const { t } = useTranslation('backends')
  const format = useFormat()
  const ago = format.ago(endedAt, useNow(5_000))
  if (run.state === 'passed') return t('run.cardOk', { ago })
  const step = failedStep(run)
  return t('run.cardFailed', { ago, step: step === undefined ? t('run.broken') : t(`step.${step.step}`) })
}

function ActionFailure({ view }: { view: ConnectionView }) {
  const error = useConnectionActionStore((store) => store.errors[view.id])
  return error === undefined ? null : <Failure view={view} error={error} />
}

function Failure({ view, error }: { view: ConnectionView; error: PublicError }) {
  const { t, i18n } = useTranslation(['errors', 'backends'])
  const line = useRef<HTMLDivElement>(null)
  useFocusHeir(line, () => partOfCell(view.id, ':is(.do, .asking) button'))
  const english = i18n.language.startsWith('en')
  return (
    <div className="row s bad" ref={line}>
      <CircleX size={14} strokeWidth={1.75} aria-hidden="true" className="flex-none" />
      <span role="alert">
        {t(`errors:${error.code}.title`)}: {english ? error.message : t(`errors:${error.code}.what`)}
      </span>
      <span className="end">
        <IconButton
          label={t('backends:dismissFailure', { name: view.title })}
          icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => forgetFailure(view.id)}
        />
      </span>
    </div>
  )
}

/** The question before a connection goes, in its own place. */
function AskToRemove({ view }: { view: ConnectionView }) {
  const { t } = useTranslation('backends')
  const actions = useConnectionActions()
  const busy = useConnectionActionStore((store) => store.busy[view.id] === 'remove')
  const keep = useRef<HTMLButtonElement>(null)
  const asking = useRef<HTMLDivElement>(null)
  useEffect(() => keep.current?.focus(), [])
  useFocusHeir(asking, () => partOfCell(view.id, '[aria-haspopup="menu"]'))
  return (
    <div ref={asking} className="asking" role="alertdialog" aria-label={t('removeAsk', { name: view.title })}>
      <p>
        <b>{t('removeAsk', { name: view.title })}</b>
      </p>
      <p className="m">{t('removeNote')}</p>
      <ActionFailure view={view} />
      <div className="row pt-2">
        <Button
          aria-label={t('removeNamed', { name: view.title })}
          busy={busy}
          onClick={() => void actions.remove(view)}
        >
          {t('removeYes')}
        </Button>
        <Button ref={keep} look="quiet" onClick={() => useBackendsStore.setState({ removing: null })}>
          {t('removeNo')}
        </Button>
      </div>
    </div>
  )
}
