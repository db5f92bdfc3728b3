import { Pause, Play, RotateCw, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { copyText } from '../../components/copy-button.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useFocusHeir } from '../../page/use-focus-heir.ts'
import { openEditor, useBackendsStore } from './backends-store.ts'
import { partOfCell } from './part-of-cell.ts'
import { testReport } from './test-report.ts'
import { closeTest, type TestRun, tookMs } from './test-runs.ts'
import { TestSteps } from './test-steps.tsx'
import { TestVerdict } from './test-verdict.tsx'
import { useConnectionActions } from './use-connection-actions.ts'
import { useShortTime } from './use-times.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** The test of one connection, beside the cells. */
export function TestPanel({ view, run }: { view: ConnectionView; run: TestRun }) {
  const { t } = useTranslation('backends')
  const actions = useConnectionActions()
  const running = run.state === 'running'
  const enabled = view.config?.enabled ?? true
  const edit = (): void => openEditor({ kind: 'edit', id: view.id })
  const panel = useRef<HTMLElement>(null)
  useFocusHeir(panel, () => partOfCell(view.id, '.do button'))
  return (
    <aside ref={panel} className="insp" aria-label={t('run.region')}>
      <div className="sec row test-head">
        <div className="grow">
          <h2 className="row">
            <Glyph place={view.place} named />
            <span className="cut">{t('run.title', { name: view.title })}</span>
          </h2>
          <p className="s m">
            <TestTimes run={run} />
          </p>
        </div>
        <Button icon={<RotateCw {...icon} />} busy={running} onClick={() => void actions.test(view)}>
          {t('run.again')}
        </Button>
        <IconButton
          label={running ? t('run.cancel') : t('run.close')}
          icon={<X {...icon} size={16} />}
          onClick={() => {
            closeTest(view.id)
            useBackendsStore.setState({ selected: null })
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard */}
      <section className="scroll grow-y" tabIndex={0} aria-label={t('run.title', { name: view.title })}>
        <TestSteps run={run} />
        <TestVerdict
          run={run}
          did={t('run.did')}
          onPin={(fingerprint) => void actions.pin(view, fingerprint)}
          onKeys={edit}
        />
      </section>
      <div className="foot">
        <Button
          icon={enabled ? <Pause {...icon} /> : <Play {...icon} />}
          onClick={() => void actions.setEnabled(view, !enabled)}
        >
          {enabled ? t('pause') : t('resume')}
        </Button>
        <Button look="quiet" onClick={edit}>
          {t('edit')}
        </Button>
        <CopyReport text={testReport(view.title, run)} />
      </div>
    </aside>
  )
}

/** When a test began, and what it took. */
export function TestTimes({ run }: { run: TestRun }) {
  const { t } = useTranslation('backends')
  const format = useFormat()
  const short = useShortTime()
  const time = format.time(run.startedAt)
  return run.state === 'running' ? t('run.running', { time }) : t('run.took', { time, took: short(tookMs(run)) })
}

function CopyReport({ text }: { text: string }) {
  const { t } = useTranslation('backends')
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [done])
  return (
    <Button
      look="quiet"
      className="end"
      onClick={async () => {
        await copyText(text)
        setDone(true)
        announce(t('run.copied'))
      }}
    >
      {done ? t('run.copied') : t('run.copy')}
    </Button>
  )
}
