import { useQueryClient } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, X } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import { client } from '../../bridge/client.ts'
import { queryKeys } from '../../bridge/queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { closeEditor, type EditorTarget, useBackendsStore } from './backends-store.ts'
import { BasicFields } from './basic-fields.tsx'
import { type ConnectionDraft, draftOfView, inputOf, newDraft, triedBy } from './connection-draft.ts'
import { isMoreField, type Refusal, readRefusal } from './field-errors.ts'
import { MoreFields } from './more-fields.tsx'
import { TestTimes } from './test-panel.tsx'
import { closeTest, DRAFT_RUN, startTest, useTestRuns } from './test-runs.ts'
import { TestSteps } from './test-steps.tsx'
import { TestVerdict } from './test-verdict.tsx'

/** The sheet that adds or changes a connection, while the page's state asks for it. */
export function ConnectionEditor({ views }: { views: readonly ConnectionView[] }) {
  const target = useBackendsStore((store) => store.editor)
  if (target === null) return null
  const view = target.kind === 'edit' ? views.find(({ id }) => id === target.id) : undefined
  // It was removed meanwhile, elsewhere.
  if (target.kind === 'edit' && view?.config == null) return null
  return <OpenEditor key={target.kind === 'edit' ? target.id : 'new'} target={target} view={view ?? null} />
}

function OpenEditor({ target, view }: { target: EditorTarget; view: ConnectionView | null }) {
  const { t } = useTranslation(['backends', 'app'])
  const queries = useQueryClient()
  const [begun] = useState(() =>
    view === null ? newDraft(target.kind === 'add' ? target.found : null) : draftOfView(view),
  )
  const [draft, setDraft] = useState(begun)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [saving, setSaving] = useState(false)
  const [more, setMore] = useState(false)
  const address = useRef<HTMLInputElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const run = useTestRuns((store) => store.runs[DRAFT_RUN])
  const testing = run?.state === 'running'
  /** What the test that is shown was about. */
  const [tried, setTried] = useState<string | null>(null)
  const outOfDate = run !== undefined && tried !== triedBy(draft)
  useEffect(() => () => closeTest(DRAFT_RUN), [])
  // The complaint takes the focus to its field, once that is shown.
  useEffect(() => {
    if (refusal?.field === null || refusal === null) return
    const row = form.current?.querySelector(`[data-field="${refusal.field}"]`)
    row?.querySelector<HTMLElement>('[aria-invalid="true"], input, textarea, button')?.focus()
  }, [refusal])

  function change(next: ConnectionDraft): void {
    setDraft(next)
    setRefusal(null)
  }

  function refuse(next: Refusal): void {
    if (next.field !== null && isMoreField(next.field)) setMore(true)
    setRefusal(next)
  }

  /** Shows what is missing or wrong already here. */
  function canBeSent(): boolean {
    if (draft.config.baseUrl.trim() !== '') return !goToWrongNumber()
    refuse({
      error: { code: 'invalid_request', message: t('backends:form.needAddress'), retryable: false },
      field: 'baseUrl',
      row: null,
    })
    return false
  }

  /** Text that is no number is in no draft: only its field knows it, and says why. */
  function goToWrongNumber(): boolean {
    const field = form.current?.querySelector<HTMLInputElement>('input:invalid') ?? null
    field?.focus()
    return field !== null
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (saving || !canBeSent()) return
    setSaving(true)
    setRefusal(null)
    try {
      const input = inputOf(draft)
      const saved = await (view === null
        ? client.connections.create(input)
        : client.connections.update({ id: view.id, input }))
      await queries.invalidateQueries({ queryKey: queryKeys.connections })
      announce(view === null ? t('backends:added', { name: saved.title }) : t('backends:saved', { name: saved.title }))
      closeEditor()
    } catch (error) {
      refuse(readRefusal(error))
    } finally {
      setSaving(false)
    }
  }

  async function test(tested: ConnectionDraft): Promise<void> {
    if (!canBeSent()) return
    setTried(triedBy(tested))
    const ended = await startTest(DRAFT_RUN, view?.id ?? null, inputOf(tested))
    if (ended?.refusal?.field != null) refuse(ended.refusal)
    if (ended?.state === 'passed') announce(t('backends:run.passed'))
  }

  /** Takes over what the test advises, and tests that. */
  function adopt(patch: Partial<ConnectionDraft['config']>): void {
    const next = { ...draft, config: { ...draft.config, ...patch } }
    change(next)
    void test(next)
  }

  return (
    <Dialog
      open
      onOpenChange={closeEditor}
      unsent={draft !== begun}
      title={view === null ? t('backends:form.add') : t('backends:form.edit', { name: view.title })}
      initialFocus={address}
      footer={
        <>
          <Button type="submit" form="connection-form" look="prime" busy={saving}>
            {saving ? t('backends:form.saving') : view === null ? t('backends:form.create') : t('backends:form.save')}
          </Button>
          <Button busy={testing} onClick={() => void test(draft)}>
            {testing ? t('backends:testing') : t('backends:form.test')}
          </Button>
          <Button look="quiet" className="end" onClick={closeEditor}>
            {t('app:cancel')}
          </Button>
        </>
      }
    >
      <div className={run === undefined ? 'editor' : 'editor testing'}>
        <form id="connection-form" ref={form} noValidate onSubmit={save}>
          <BasicFields draft={draft} refusal={refusal} onChange={change} addressRef={address} />
          <Button
            look="quiet"
            className="more-fields"
            aria-expanded={more}
            icon={
              more ? (
                <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
              ) : (
                <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />
              )
            }
            onClick={() => {
              // A field that is put away would take its wrong text with it, and its old value would be saved.
              if (!more || !goToWrongNumber()) setMore(!more)
            }}
          >
            {more ? t('backends:form.less') : t('backends:form.more')}
          </Button>
          {more ? <MoreFields draft={draft} refusal={refusal} onChange={change} /> : null}
          {refusal !== null && refusal.field === null ? (
            <div className="pt-3">
              <ErrorForm
                error={refusal.error}
                title={t('backends:form.failed')}
                did={t('backends:form.failedDid')}
                alert
              />
            </div>
          ) : null}
        </form>
        {run === undefined ? null : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard
          <section className="trial" tabIndex={0} aria-label={t('backends:run.region')}>
            <div className="row trial-head">
              <h3 className="trial-title">{t('backends:run.draft')}</h3>
              <span className="s m">
                <TestTimes run={run} />
              </span>
              <span className="end">
                <IconButton
                  label={testing ? t('backends:run.cancel') : t('backends:run.close')}
                  icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                  onClick={() => closeTest(DRAFT_RUN)}
                />
              </span>
            </div>
            <TestSteps run={run} />
            {outOfDate ? (
              <p className="s warn verdict" role="status">
                {t('backends:run.outOfDate')}
              </p>
            ) : null}
            {/* A complaint about a field stands at the field. What failed before a change may still advise. */}
            {run.refusal?.field == null && !(outOfDate && run.state === 'passed') ? (
              <TestVerdict
                run={run}
                did={t('backends:run.didDraft')}
                onAddress={(baseUrl) => adopt({ baseUrl })}
                onPin={(fingerprint) => adopt({ fingerprint })}
                onKeys={() =>
                  form.current?.querySelector<HTMLElement>('[data-field="keys"] :is(input, button)')?.focus()
                }
              />
            ) : null}
          </section>
        )}
      </div>
    </Dialog>
  )
}
