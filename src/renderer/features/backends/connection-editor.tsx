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
import { closeEditor, useBackendsStore } from './backends-store.ts'
import { BasicFields } from './basic-fields.tsx'
import { type ConnectionDraft, draftOfView, inputOf, newDraft, triedBy, withoutSealed } from './connection-draft.ts'
import { isMoreField, type Refusal, readRefusal } from './field-errors.ts'
import { MoreFields } from './more-fields.tsx'
import type { Recognised } from './recognise-paste.ts'
import { TestTimes } from './test-panel.tsx'
import { closeTest, DRAFT_RUN, startTest, useTestRuns } from './test-runs.ts'
import { TestSteps } from './test-steps.tsx'
import { TestVerdict } from './test-verdict.tsx'

/** The sheet that adds or changes a connection, while the page's state asks for it. */
export function ConnectionEditor({ views }: { views: readonly ConnectionView[] }) {
  const target = useBackendsStore((store) => store.editor)
  if (target === null) return null
  if (target.kind === 'edit') return <EditExisting key={target.id} id={target.id} views={views} />
  return <OpenEditor found={target.found} view={null} removed={false} />
}

/** One that is removed elsewhere meanwhile does not take the form, and what was typed, with it. */
function EditExisting({ id, views }: { id: string; views: readonly ConnectionView[] }) {
  const listed = views.find((view) => view.id === id)
  const [opened] = useState(listed)
  const view = listed ?? opened
  const nothing = view?.config == null
  useEffect(() => {
    if (nothing) closeEditor()
  }, [nothing])
  return nothing ? null : <OpenEditor found={null} view={view} removed={listed === undefined} />
}

function OpenEditor({
  found,
  view,
  removed,
}: {
  found: Recognised | null
  /** Null for a new one. */
  view: ConnectionView | null
  /** It is in the list no longer. */
  removed: boolean
}) {
  const { t } = useTranslation(['backends', 'app'])
  const queries = useQueryClient()
  const [begun, setBegun] = useState(() => (view === null ? newDraft(found) : draftOfView(view)))
  /** The stored connection that the draft was made from. */
  const [base, setBase] = useState(view?.revision)
  /** The connection that is saved to and tested with its sealed keys. */
  const stored = removed ? null : view
  const [draft, setDraft] = useState(begun)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [saving, setSaving] = useState(false)
  const [more, setMore] = useState(false)
  const address = useRef<HTMLInputElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const failure = useRef<HTMLDivElement>(null)
  const run = useTestRuns((store) => store.runs[DRAFT_RUN])
  const testing = run?.state === 'running'
  /** What the test that is shown was about. */
  const [tried, setTried] = useState<string | null>(null)
  const outOfDate = run !== undefined && tried !== triedBy(draft)
  useEffect(() => () => closeTest(DRAFT_RUN), [])
  useEffect(() => {
    if (removed) setDraft(withoutSealed)
  }, [removed])
  // The complaint takes the focus to its field, once that is shown; one about no field is scrolled to.
  useEffect(() => {
    if (refusal === null) return
    if (refusal.field === null) {
      failure.current?.scrollIntoView({ block: 'nearest' })
      return
    }
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
    field?.parentElement?.scrollIntoView({ block: 'nearest' })
    return field !== null
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (saving || !canBeSent()) return
    setSaving(true)
    setRefusal(null)
    try {
      const input = inputOf(draft)
      const saved = await (stored === null
        ? client.connections.create(input)
        : client.connections.update({ id: stored.id, input, base }))
      await queries.invalidateQueries({ queryKey: queryKeys.connections })
      announce(
        stored === null ? t('backends:added', { name: saved.title }) : t('backends:saved', { name: saved.title }),
      )
      closeEditor()
    } catch (error) {
      const next = readRefusal(error)
      // What is stored now, or that nothing is, has to be known before it can be offered.
      const stale = next.error.code === 'conflict' || next.error.code === 'not_found'
      if (stale) await queries.invalidateQueries({ queryKey: queryKeys.connections })
      refuse(next)
    } finally {
      setSaving(false)
    }
  }

  async function test(tested: ConnectionDraft): Promise<void> {
    if (!canBeSent()) return
    setTried(triedBy(tested))
    const ended = await startTest(DRAFT_RUN, stored?.id ?? null, inputOf(tested))
    if (ended?.refusal?.field != null) refuse(ended.refusal)
    if (ended?.state === 'passed') announce(t('backends:run.passed'))
  }

  /** Gives up what was typed for what somebody else has stored. */
  function loadStored(view: ConnectionView): void {
    const now = draftOfView(view)
    setBegun(now)
    setBase(view.revision)
    change(now)
    address.current?.focus()
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
            {saving ? t('backends:form.saving') : stored === null ? t('backends:form.create') : t('backends:form.save')}
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
          {removed && view !== null ? (
            <p className="s warn pb-3" role="alert">
              {t('backends:form.removed', { name: view.title })}
            </p>
          ) : null}
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
            <div className="pt-3" ref={failure}>
              <ErrorForm
                error={refusal.error}
                title={t('backends:form.failed')}
                did={t('backends:form.failedDid')}
                alert
              >
                {refusal.error.code === 'conflict' && stored !== null ? (
                  <div className="row">
                    <Button onClick={() => loadStored(stored)}>{t('backends:form.loadStored')}</Button>
                  </div>
                ) : undefined}
              </ErrorForm>
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
