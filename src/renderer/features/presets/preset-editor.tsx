import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { PresetRow } from '#shared/presets.ts'
import { useEffectiveRequest } from '../../bridge/preset-queries.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useTitle } from '../../page/use-title.ts'
import { AccessSection } from './access-section.tsx'
import { CapabilitiesSection } from './capabilities-section.tsx'
import { EditorHead } from './editor-head.tsx'
import { IdentitySection } from './identity-section.tsx'
import { LeaveGuard } from './leave-guard.tsx'
import { ParametersSection } from './parameters-section.tsx'
import { NEW_PRESET_PATH, PRESETS_PATH } from './preset-address.ts'
import { copyOf, withoutPicture } from './preset-draft.ts'
import { keepDraft } from './presets-store.ts'
import { PromptSection } from './prompt-section.tsx'
import { RemoveSheet } from './remove-sheet.tsx'
import { SidePanel } from './side-panel.tsx'
import { SuggestionsSection } from './suggestions-section.tsx'
import { useDraft } from './use-draft.ts'
import { useSavePreset } from './use-save-preset.ts'
import { useSettled } from './use-settled.ts'

/** ms of rest before the engine is asked what a request would become. */
const PREVIEW_REST = 250

/** One model: the form at the left, and beside it what it does, what it was, and what it is as text. */
export function PresetEditor({ row }: { row: PresetRow | null }) {
  const { t } = useTranslation('presets')
  const [, navigate] = useLocation()
  const state = useDraft(row)
  const { draft, saved, dirty, patch, discard } = state
  const isNew = row === null
  const readOnly = row !== null && !row.canWrite
  const form = useRef<HTMLElement>(null)
  const { saving, refusal, save } = useSavePreset(row, state)
  const [restored] = useState(dirty && !isNew)
  useTitle(isNew ? t('editor.new') : saved.name)

  const settled = useSettled(draft, PREVIEW_REST)
  const asked = useMemo(() => ({ ...withoutPicture(settled), id: settled.id === '' ? 'draft' : settled.id }), [settled])
  const effective = useEffectiveRequest(asked)
  const preview = usePromptPreview(asked.params.system, effective.data?.system, effective.isPlaceholderData)
  // The panel beside may lag behind a fast typist; the field typed in may not.
  const shown = useDeferredValue(draft)

  // The complaint takes the focus to its field, once that is shown.
  useEffect(() => {
    if (refusal?.path == null) return
    const row = fieldOf(form.current, refusal.path)
    row?.querySelector<HTMLElement>('[aria-invalid="true"], input, textarea, button')?.focus()
  }, [refusal])

  const atField = refusal?.path != null && fieldOf(form.current, refusal.path) !== null
  return (
    <div className="page">
      <EditorHead
        row={row}
        draft={draft}
        dirty={dirty}
        saving={saving}
        onSave={() => void save()}
        onDiscard={discard}
      />
      <div className="preset-editor">
        <main className="scroll preset-form" id="main" tabIndex={-1} aria-label={t('editor.form')} ref={form}>
          {refusal === null || atField ? null : (
            <div className="pt-3">
              <ErrorForm error={refusal.error} title={t('editor.failed')} did={t('editor.failedDid')} alert />
            </div>
          )}
          {restored && dirty ? (
            <p className="s m restored" role="status">
              {t('editor.fromBefore')}
            </p>
          ) : null}
          {readOnly ? (
            <div className="read-only">
              <p>{t('editor.readOnly', { name: row.ownerName })}</p>
              <Button
                onClick={() => {
                  keepDraft('', copyOf(row.preset, t('copyName', { name: row.preset.name })))
                  navigate(NEW_PRESET_PATH)
                }}
              >
                {t('editor.copy')}
              </Button>
            </div>
          ) : null}
          <fieldset className="plain" disabled={readOnly}>
            <IdentitySection
              id={draft.id}
              name={draft.name}
              baseModelId={draft.baseModelId}
              meta={draft.meta}
              isActive={draft.isActive}
              isNew={isNew}
              refusal={refusal}
              patch={patch}
            />
            <PromptSection params={draft.params} preview={preview} refusal={refusal} patch={patch} />
            <ParametersSection
              baseModelId={draft.baseModelId}
              params={draft.params}
              savedParams={saved.params}
              meta={draft.meta}
              refusal={refusal}
              patch={patch}
            />
            <SuggestionsSection meta={draft.meta} refusal={refusal} patch={patch} />
            <AccessSection
              grants={draft.grants}
              owner={row === null ? null : { id: row.preset.ownerId, name: row.ownerName }}
              refusal={refusal}
              patch={patch}
            />
            <CapabilitiesSection meta={draft.meta} patch={patch} />
          </fieldset>
        </main>
        <SidePanel
          row={row}
          draft={shown}
          dirty={dirty}
          readOnly={readOnly}
          effective={effective.data}
          effectiveError={effective.isPlaceholderData ? null : effective.error}
          patch={patch}
        />
      </div>
      <LeaveGuard active={dirty && !saving} onDiscard={discard} />
      {row === null ? null : <RemoveSheet rows={[row]} onRemoved={() => navigate(PRESETS_PATH)} />}
    </div>
  )
}

/** The row of the form that a path names, or the nearest one around it. */
function fieldOf(form: HTMLElement | null, path: string): HTMLElement | null {
  const parts = path.split('.')
  for (let length = parts.length; length > 0; length -= 1) {
    const wanted = parts.slice(0, length).join('.')
    const found = form?.querySelector<HTMLElement>(`[data-field="${CSS.escape(wanted)}"]`)
    if (found != null) return found
  }
  return null
}

/**
 * What the model gets of a prompt, where that is not simply the prompt itself; undefined: nothing worth showing. While a
 * new answer is awaited the last one stays, so that the page does not jump under the typist.
 */
function usePromptPreview(asked: unknown, answer: string | undefined, waiting: boolean): string | undefined {
  const last = useRef<string | undefined>(undefined)
  if (!waiting) last.current = answer === undefined || answer === (asked ?? '') ? undefined : answer
  return last.current
}
