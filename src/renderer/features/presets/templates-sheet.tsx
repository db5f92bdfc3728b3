import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import type { ParameterChange, Template } from '#shared/presets.ts'
import { client } from '../../bridge/client.ts'
import { presetKeys, useTemplates } from '../../bridge/preset-queries.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { countSet, valueText } from './parameter-list.ts'
import { type PresetDraft, withParam } from './preset-draft.ts'
import { saveFile } from './save-file.ts'
import type { PatchDraft } from './use-draft.ts'
import { useParameterName } from './use-parameter-name.ts'

/** Templates to start from: what each would change before it does, and the way to keep one's own. */
export function TemplatesSheet({
  params,
  patch,
  onClose,
}: {
  params: PresetDraft['params']
  patch: PatchDraft
  onClose: () => void
}) {
  const { t } = useTranslation('presets')
  const queries = useQueryClient()
  const templates = useTemplates()
  const [chosen, setChosen] = useState<string | null>(null)
  const [error, setError] = useState<PublicError | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const template = templates.data?.find((one) => one.id === chosen)
  const changes = useQuery({
    queryKey: [...presetKeys.templates, chosen, params],
    queryFn: () => client.presets.previewTemplate({ id: chosen ?? '', params }),
    enabled: chosen !== null,
    gcTime: 10_000,
  })
  const changing = changes.data?.filter((change) => change.change !== 'same') ?? []

  /** Does one thing with the templates; what fails is said below them. */
  async function run(work: () => Promise<string>): Promise<void> {
    setError(null)
    try {
      announce(await work())
      await queries.invalidateQueries({ queryKey: presetKeys.templates })
    } catch (thrown) {
      setError(toPublicError(thrown))
    }
  }

  function apply(): void {
    patch((draft) => ({
      ...draft,
      params: changing.reduce(
        (next, { name, after, change }) => withParam(next, name, change === 'removed' ? undefined : after),
        draft.params,
      ),
    }))
    announce(t('templates.applied', { name: template?.name ?? '' }))
    onClose()
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('templates.title')}
      footer={
        <>
          <Button look="prime" disabled={changing.length === 0} onClick={apply}>
            {t('templates.apply')}
          </Button>
          {changing.length === 0 ? null : (
            <span className="m s">{t('templates.changes', { count: changing.length })}</span>
          )}
          <span className="row end">
            <Button look="quiet" onClick={() => file.current?.click()}>
              {t('templates.import')}
            </Button>
            <Button
              look="quiet"
              onClick={() =>
                void run(async () => {
                  const name = 'switchyard-templates.json'
                  saveFile(name, await client.presets.exportTemplates())
                  return t('done.exported', { file: name })
                })
              }
            >
              {t('templates.export')}
            </Button>
          </span>
          <input
            ref={file}
            type="file"
            accept=".json,application/json"
            hidden
            aria-label={t('templates.import')}
            onChange={(event) => {
              const [first] = event.target.files ?? []
              event.target.value = ''
              if (first === undefined) return
              void run(async () => {
                const added = await client.presets.importTemplates({ text: await first.text() })
                return t('templates.imported', { count: added.length })
              })
            }}
          />
        </>
      }
    >
      <p className="m">{t('templates.note')}</p>
      {templates.error === null ? null : <ErrorForm error={toPublicError(templates.error)} />}
      <ul className="templates" aria-label={t('templates.list')}>
        {templates.data?.map((one) => (
          <TemplateLine
            key={one.id}
            template={one}
            chosen={one.id === chosen}
            onChoose={() => setChosen(one.id)}
            onRemove={() =>
              void run(async () => {
                await client.presets.removeTemplate({ id: one.id })
                if (chosen === one.id) setChosen(null)
                return t('templates.removed', { name: one.name })
              })
            }
          />
        ))}
      </ul>
      {chosen === null ? (
        <p className="m s pt-2">{t('templates.pick')}</p>
      ) : changes.error !== null ? (
        <ErrorForm error={toPublicError(changes.error)} alert />
      ) : changes.data === undefined ? null : changing.length === 0 ? (
        <p className="m pt-2" role="status">
          {t('templates.nothing')}
        </p>
      ) : (
        <Changes changes={changing} />
      )}
      {error === null ? null : (
        <div className="pt-3">
          <ErrorForm error={error} alert />
        </div>
      )}
      {countSet(params) === 0 && typeof params.system !== 'string' ? null : (
        <SaveTemplate
          onSave={(name, shared) =>
            run(async () => {
              await client.presets.saveTemplate({ id: null, input: { name, description: '', params, shared } })
              return t('templates.saved', { name })
            })
          }
        />
      )}
    </Dialog>
  )
}

function TemplateLine({
  template,
  chosen,
  onChoose,
  onRemove,
}: {
  template: Template
  chosen: boolean
  onChoose: () => void
  onRemove: () => void
}) {
  const { t } = useTranslation('presets')
  return (
    <li>
      <button type="button" className="template" aria-pressed={chosen} onClick={onChoose}>
        <b>{template.name}</b>
        <span className="s m cut">{template.description}</span>
        <span className="s m end nw">{t(`templates.kind.${template.kind}`)}</span>
      </button>
      {template.kind === 'base' ? null : (
        <IconButton
          label={t('templates.remove', { name: template.name })}
          icon={<Trash2 size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={onRemove}
        />
      )}
    </li>
  )
}

/** Now and then, side by side. */
function Changes({ changes }: { changes: readonly ParameterChange[] }) {
  const { t } = useTranslation('presets')
  const nameOf = useParameterName()
  return (
    <table className="tight changes">
      <thead>
        <tr>
          <th>{t('templates.parameter')}</th>
          <th className="n">{t('templates.before')}</th>
          <th className="n">{t('templates.after')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ name, before, after, change }) => (
          <tr key={name}>
            <td>
              {name === 'system' ? t('section.prompt') : nameOf(name)}{' '}
              <span className="sr">{t(`templates.change.${change}`)}</span>
            </td>
            <td className="n m value">{valueText(before)}</td>
            <td className="n value">{valueText(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function SaveTemplate({ onSave }: { onSave: (name: string, shared: boolean) => Promise<void> }) {
  const { t } = useTranslation('presets')
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (name.trim() === '') return
    await onSave(name.trim(), shared)
    setName('')
  }
  return (
    <form className="keep-template" aria-label={t('templates.save')} onSubmit={submit}>
      <h3>{t('templates.save')}</h3>
      <div className="row flex-wrap">
        <input
          className="grow"
          aria-label={t('templates.saveName')}
          placeholder={t('templates.saveName')}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <label className="check">
          <input type="checkbox" checked={shared} onChange={(event) => setShared(event.target.checked)} />
          {t('templates.share')}
        </label>
        <Button type="submit" disabled={name.trim() === ''}>
          {t('templates.saveAs')}
        </Button>
      </div>
    </form>
  )
}
