import { X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePresetTags } from '../../bridge/preset-queries.ts'
import { PresetField } from './preset-field.tsx'

/** Tags as small framed words; Enter or a comma adds one, Backspace in the empty field takes the last one up again. */
export function TagsField({
  tags,
  complaint,
  onChange,
}: {
  tags: readonly string[]
  complaint: string | null
  onChange: (tags: readonly string[]) => void
}) {
  const { t } = useTranslation('presets')
  const known = usePresetTags().data ?? []
  const [text, setText] = useState('')

  function add(raw: string): void {
    const added = raw
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '')
    onChange([...new Set([...tags, ...added])])
    setText('')
  }

  return (
    <PresetField path="meta.tags" label={t('field.tags')} hint={t('field.tagsHint')} complaint={complaint}>
      {({ id, invalid, describedBy }) => (
        <div className="field tags">
          {tags.map((tag) => (
            <span key={tag} className="tag">
              {tag}
              <button
                type="button"
                aria-label={t('field.tagRemove', { tag })}
                onClick={() => onChange(tags.filter((other) => other !== tag))}
              >
                <X size={12} strokeWidth={1.75} aria-hidden="true" />
              </button>
            </span>
          ))}
          <input
            id={id}
            list={`${id}-known`}
            aria-invalid={invalid}
            aria-describedby={describedBy}
            autoComplete="off"
            value={text}
            onChange={(event) =>
              event.target.value.includes(',') ? add(event.target.value) : setText(event.target.value)
            }
            onBlur={() => (text.trim() === '' ? setText('') : add(text))}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
                event.preventDefault()
                if (text.trim() !== '') add(text)
              } else if (event.key === 'Backspace' && text === '' && tags.length > 0) {
                // Taken up to be changed, not deleted: it goes on in the field.
                event.preventDefault()
                setText(tags.at(-1) ?? '')
                onChange(tags.slice(0, -1))
              }
            }}
          />
          <datalist id={`${id}-known`}>
            {known
              .filter((tag) => !tags.includes(tag))
              .map((tag) => (
                <option key={tag} value={tag} />
              ))}
          </datalist>
        </div>
      )}
    </PresetField>
  )
}
