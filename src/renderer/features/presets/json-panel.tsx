import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import { jsonOf, readJson } from './json-text.ts'
import { dataUriBytes } from './picture-file.ts'
import { type PresetDraft, sameValue } from './preset-draft.ts'
import { pictureOf } from './preset-meta.ts'
import type { PatchDraft } from './use-draft.ts'

/** The draft as text. Valid text changes the form at once; what is not valid yet waits here and says why. */
export function JsonPanel({
  draft,
  isNew,
  readOnly,
  patch,
}: {
  draft: PresetDraft
  isNew: boolean
  readOnly: boolean
  patch: PatchDraft
}) {
  const { t } = useTranslation('presets')
  const format = useFormat()
  const mark = t('json.picture', { size: format.bytes(dataUriBytes(pictureOf(draft.meta)) ?? 0) })
  // Typed text with the draft that it made: it stands until the draft is changed elsewhere.
  const [typed, setTyped] = useState<{ text: string; draft: PresetDraft; wrong: string | null } | null>(null)
  const current = typed !== null && sameValue(typed.draft, draft) ? typed : null
  const latest = useRef(draft)
  latest.current = draft

  function change(text: string): void {
    const read = readJson(text, latest.current, mark)
    if ('draft' in read) {
      // The id of what is saved stays: it is asked for by it.
      const next = isNew ? read.draft : { ...read.draft, id: latest.current.id }
      setTyped({ text, draft: next, wrong: null })
      patch(() => next)
    } else {
      const reason = read.path === '' ? read.reason : t('json.shape', read)
      setTyped({ text, draft: latest.current, wrong: t('json.wrong', { reason }) })
    }
  }

  return (
    <>
      <p className="m s note" id="json-note">
        {t('json.note')}
      </p>
      <textarea
        className="typed json"
        aria-label={t('json.label')}
        aria-invalid={current?.wrong != null}
        aria-describedby="json-note json-state"
        readOnly={readOnly}
        spellCheck={false}
        wrap="off"
        value={current?.text ?? jsonOf(draft, mark)}
        onChange={(event) => change(event.target.value)}
      />
      <p id="json-state" className={current?.wrong == null ? 's m' : 's bad'} role="status">
        {current?.wrong ?? t('json.ok')}
      </p>
    </>
  )
}
