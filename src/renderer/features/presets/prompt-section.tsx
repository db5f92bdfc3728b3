import { Braces } from 'lucide-react'
import { memo, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { countWords } from '../chat/count-words.ts'
import { type PresetDraft, withParam } from './preset-draft.ts'
import { complaintAt, type Refusal } from './refusal.ts'
import type { PatchDraft } from './use-draft.ts'

/** Variables that the engine fills in, in the order of the menu. */
export const PROMPT_VARIABLES = [
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_DATETIME',
  'CURRENT_WEEKDAY',
  'CURRENT_TIMEZONE',
  'USER_NAME',
  'USER_EMAIL',
  'USER_GROUPS',
  'USER_LANGUAGE',
] as const

/** The system prompt, variables to put into it, and what the model gets of it. */
export const PromptSection = memo(function PromptSection({
  params,
  preview,
  refusal,
  patch,
}: {
  params: PresetDraft['params']
  /** With the variables filled in; undefined until the engine has answered. */
  preview: string | undefined
  refusal: Refusal | null
  patch: PatchDraft
}) {
  const { t } = useTranslation('presets')
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const system = typeof params.system === 'string' ? params.system : ''
  const complaint = complaintAt(refusal, 'params.system')

  function write(next: string): void {
    patch((draft) => ({ ...draft, params: withParam(draft.params, 'system', next === '' ? undefined : next) }))
  }

  function insert(variable: string): void {
    const text = `{{${variable}}}`
    const from = field.current?.selectionStart ?? system.length
    const to = field.current?.selectionEnd ?? system.length
    write(system.slice(0, from) + text + system.slice(to))
    // Once the menu has closed and the text is in: the caret goes behind it.
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(from + text.length, from + text.length)
    })
  }

  const words = countWords(system)
  return (
    <section className="sect" aria-labelledby={`${id}-title`} data-field="params.system">
      <div className="sect-head">
        <h2 id={`${id}-title`}>{t('section.prompt')}</h2>
        {words === 0 ? null : <span className="m s">{t('prompt.words', { count: words })}</span>}
        <span className="end">
          <Menu
            align="end"
            label={t('prompt.insert')}
            trigger={
              <button type="button" className="btn quiet flush">
                <Braces size={14} strokeWidth={1.75} aria-hidden="true" />
                {t('prompt.insert')}
              </button>
            }
          >
            {PROMPT_VARIABLES.map((name) => (
              <MenuItem key={name} onSelect={() => insert(name)}>
                <span className="n">{name}</span>
                <span className="end s m variable-says">{t(`prompt.variable.${name}`)}</span>
              </MenuItem>
            ))}
          </Menu>
        </span>
      </div>
      <textarea
        ref={field}
        className="system"
        rows={6}
        aria-label={t('prompt.label')}
        aria-invalid={complaint !== null}
        aria-describedby={complaint === null ? undefined : `${id}-error`}
        placeholder={t('prompt.placeholder')}
        value={system}
        onChange={(event) => write(event.target.value)}
      />
      {complaint === null ? null : (
        <p id={`${id}-error`} className="s bad" role="alert">
          {complaint}
        </p>
      )}
      {preview === undefined || preview === system ? null : (
        <div className="preview">
          <h3>{t('prompt.preview')}</h3>
          <p className={preview === '' ? 'm' : 'kept'}>{preview === '' ? t('prompt.previewNone') : preview}</p>
        </div>
      )}
    </section>
  )
})
