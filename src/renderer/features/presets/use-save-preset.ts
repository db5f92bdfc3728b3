import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { PresetRow } from '#shared/presets.ts'
import { client } from '../../bridge/client.ts'
import { presetKeys, refreshPresets } from '../../bridge/preset-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { presetPath } from './preset-address.ts'
import { type PresetDraft, sameValue } from './preset-draft.ts'
import { keepDraft } from './presets-store.ts'
import { ownRefusal, type Refusal, readRefusal } from './refusal.ts'
import { idProblem } from './slug.ts'
import type { DraftState } from './use-draft.ts'

export interface Saving {
  saving: boolean
  /** Why the last try was refused; gone with the next change. */
  refusal: Refusal | null
  save(): Promise<void>
}

/** Makes the model or saves it as a new version. What was typed stays until it is saved. */
export function useSavePreset(row: PresetRow | null, { draft, saved }: DraftState): Saving {
  const { t } = useTranslation('presets')
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const [saving, setSaving] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: any change of the draft may be the correction
  useEffect(() => setRefusal(null), [draft])

  /** What the engine would refuse anyway, said at once. */
  function ownCheck(): Refusal | null {
    if (draft.baseModelId === null && (row === null || row.preset.baseModelId !== null)) {
      return ownRefusal('baseModelId', t('field.baseEmpty'))
    }
    if (draft.name.trim() === '') return ownRefusal('name', t('field.nameEmpty'))
    const problem = idProblem(draft.id)
    if (problem === 'empty') return ownRefusal('id', t('field.idEmpty'))
    return problem === 'long' ? ownRefusal('id', t('field.idLong', { count: draft.id.length })) : null
  }

  async function save(): Promise<void> {
    if (saving) return
    const wrong = ownCheck()
    setRefusal(wrong)
    if (wrong !== null) return
    setSaving(true)
    try {
      const done =
        row === null
          ? await client.presets.create(draft)
          : await client.presets.update({ id: row.preset.id, input: changed(draft, saved) })
      queries.setQueryData(presetKeys.row(done.preset.id), done)
      keepDraft(row?.preset.id ?? '', null)
      announce(t(row === null ? 'done.made' : 'done.saved', { name: done.preset.name }))
      if (row === null) navigate(presetPath(done.preset.id), { replace: true })
      await refreshPresets(queries)
    } catch (error) {
      setRefusal(readRefusal(error))
    } finally {
      setSaving(false)
    }
  }

  return { saving, refusal, save }
}

/** Rights that were not touched are not sent: who may edit a model may not for that reason share it. */
function changed(draft: PresetDraft, saved: PresetDraft): Parameters<typeof client.presets.create>[0] {
  if (!sameValue(draft.grants, saved.grants)) return draft
  const { grants: _untouched, ...input } = draft
  return input
}
