import { Plus, X } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import type { PresetDraft } from './preset-draft.ts'
import { type Suggestion, suggestionsOf, withSuggestions } from './preset-meta.ts'
import { complaintAt, type Refusal } from './refusal.ts'
import type { PatchDraft } from './use-draft.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** Prompts that an empty chat with this model offers. */
export const SuggestionsSection = memo(function SuggestionsSection({
  meta,
  refusal,
  patch,
}: Pick<PresetDraft, 'meta'> & { refusal: Refusal | null; patch: PatchDraft }) {
  const { t } = useTranslation('presets')
  const suggestions = suggestionsOf(meta)
  const complaint = complaintAt(refusal, 'meta.suggestion_prompts')

  function change(next: (suggestions: readonly Suggestion[]) => readonly Suggestion[]): void {
    patch((draft) => ({ ...draft, meta: withSuggestions(draft.meta, next(suggestionsOf(draft.meta))) }))
  }
  function put(index: number, changed: Partial<Suggestion>): void {
    change((all) => all.map((one, at) => (at === index ? { ...one, ...changed } : one)))
  }

  return (
    <section className="sect" aria-label={t('section.suggestions')} data-field="meta.suggestion_prompts">
      <div className="sect-head">
        <h2>{t('section.suggestions')}</h2>
      </div>
      <p className="m s note">{t('suggestions.note')}</p>
      {suggestions.map((suggestion, index) => {
        const number = index + 1
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names of their own, and their fields no state
          <div key={index} className="suggestion">
            <input
              aria-label={t('suggestions.title', { number })}
              placeholder={t('suggestions.titlePlaceholder')}
              value={suggestion.title[0]}
              onChange={(event) => put(index, { title: [event.target.value, suggestion.title[1]] })}
            />
            <input
              aria-label={t('suggestions.prompt', { number })}
              value={suggestion.content}
              onChange={(event) => put(index, { content: event.target.value })}
            />
            <IconButton
              label={t('suggestions.remove', { number })}
              icon={<X {...icon} />}
              onClick={() => change((all) => all.filter((_one, at) => at !== index))}
            />
          </div>
        )
      })}
      {complaint === null ? null : (
        <p className="s bad" role="alert">
          {complaint}
        </p>
      )}
      <Button
        look="quiet"
        className="add"
        icon={<Plus {...icon} />}
        onClick={() => change((all) => [...all, { title: ['', ''], content: '' }])}
      >
        {t('suggestions.add')}
      </Button>
    </section>
  )
})
