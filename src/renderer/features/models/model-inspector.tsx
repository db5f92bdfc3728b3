import { Undo2, X } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AppInfo } from '#shared/app-info.ts'
import type { GgufFile, LoadOptions } from '#shared/models.ts'
import { useSettings } from '../../bridge/queries.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Tag } from '../../components/tag.tsx'
import { FileFacts } from './file-facts.tsx'
import { changedKeys, type OptionKey, sameOptions, withOption } from './load-options.ts'
import { LoadOptionsForm } from './load-options-form.tsx'
import { LoadProblemList } from './load-problem-list.tsx'
import { LoadedNow } from './loaded-now.tsx'
import { ModelNotes } from './model-notes.tsx'
import { displayName } from './model-view.ts'
import { setDraft, useModelsStore } from './models-store.ts'
import { Performance } from './performance.tsx'
import type { SavedOptions } from './save-load-options.ts'
import { type LoadProblems, useLoadProblems } from './use-load-problems.ts'
import { useModelActionStore, useModelActions } from './use-model-actions.ts'
import { useOptionText } from './use-option-text.ts'

/** One model: what is loaded now, how it is loaded, and what its file says. */
export function ModelInspector({ file, info }: { file: GgufFile; info: AppInfo | undefined }) {
  const { t, i18n } = useTranslation(['models', 'app'])
  // The engine speaks English.
  const english = i18n.language.startsWith('en')
  const name = displayName(file)
  const defaults = useSettings().data?.values.load ?? {}
  const draft = useModelsStore((store) => store.drafts[file.id]) ?? file.options
  const failed = useModelActionStore((store) => store.errors[file.id])
  const problems = useLoadProblems(file, draft, defaults)
  const change = (next: LoadOptions): void => setDraft(file.id, sameOptions(next, file.options) ? null : next)
  return (
    <aside className="insp" aria-label={t('models:inspector', { name })}>
      <div className="sec row min-h-16">
        <div className="grow">
          <div className="row">
            <b className="cut text-[15px]">{name}</b>
            {file.source === 'built-in' ? <Tag>{t('models:source.built-in')}</Tag> : null}
          </div>
          <div className="row s m">
            <Glyph place="here" />
            <span className="cut">
              {file.facts?.name ? `${file.facts.name} · ` : ''}
              {t('models:inProcess')}
            </span>
          </div>
        </div>
        <IconButton
          label={t('app:close')}
          icon={<X size={16} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => useModelsStore.setState({ selected: null })}
        />
      </div>
      <div className="scroll grow">
        {failed === undefined ? null : (
          <div className="sec">
            <ErrorForm error={failed} alert />
          </div>
        )}
        {file.source === 'built-in' ? <p className="sec m">{t('models:demoHonest')}</p> : null}
        {file.state === 'checking' ? (
          <p className="sec m">{(english ? file.reason : null) ?? t('models:checkingReason')}</p>
        ) : null}
        {file.state === 'offline' ? (
          <div className="sec">
            <ErrorForm
              warn
              error={{
                code: 'model_offline',
                message: file.reason ?? t('models:offlineState'),
                retryable: true,
                detail: file.path,
              }}
            />
          </div>
        ) : null}
        {file.loaded === null ? null : <LoadedNow loaded={file.loaded} saved={file.options} />}
        {file.state === 'ready' ? <Performance file={file} /> : null}
        <section className="sec">
          <h2>
            {t('models:options')}
            <Button
              look="quiet"
              className="end flush"
              disabled={sameOptions(draft, {})}
              icon={<Undo2 size={14} strokeWidth={1.75} aria-hidden="true" />}
              onClick={() => change({})}
            >
              {t('models:defaults')}
            </Button>
          </h2>
          <LoadOptionsForm
            value={draft}
            defaults={defaults}
            onChange={change}
            contextMax={file.facts?.contextLength ?? 131_072}
            layers={file.facts === null ? null : file.facts.blockCount + 1}
            cores={info?.hardware.cores ?? 1}
          />
        </section>
        <Changed draft={draft} defaults={defaults} onChange={change} />
        <ModelNotes id={file.id} />
        <FileFacts file={file} />
      </div>
      <Foot file={file} draft={draft} problems={problems} />
    </aside>
  )
}

function Changed({
  draft,
  defaults,
  onChange,
}: {
  draft: LoadOptions
  defaults: LoadOptions
  onChange: (next: LoadOptions) => void
}) {
  const { t } = useTranslation('models')
  const words = useOptionText()
  const keys = changedKeys(draft, defaults)
  if (keys.length === 0) return null
  return (
    <section className="sec">
      <h2>
        {t('changed')} <span className="end n m">{keys.length}</span>
      </h2>
      <dl className="diff">
        {keys.map((key) => (
          <div key={key} className="contents">
            <dt>
              {t(`option.${key}`)}
              <IconButton
                className="h-5 w-5"
                label={`${t('defaults')}: ${t(`option.${key}`)}`}
                icon={<Undo2 size={12} strokeWidth={1.75} aria-hidden="true" />}
                onClick={() => onChange(withOption(draft, key, undefined))}
              />
            </dt>
            <dd className="m">{words(key, defaults[key])}</dd>
            <dd>{words(key, draft[key])}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Foot({ file, draft, problems }: { file: GgufFile; draft: LoadOptions; problems: LoadProblems }) {
  const { t } = useTranslation('models')
  const actions = useModelActions()
  const busy = useModelActionStore((store) => store.busy[file.id])
  const dirty = !sameOptions(draft, file.options)
  const loaded = file.loaded?.state === 'loaded'
  const waiting = busy !== undefined || (file.loaded !== null && !loaded)
  const [saved, setSaved] = useState<SavedOptions | null>(null)
  const problemsId = useId()
  const isWrong = problems.shown.length > 0
  const save = async (): Promise<void> => {
    if ((await problems.of(draft)).length > 0) return
    const outcome = await actions.save(file, draft)
    if (outcome === false) return
    setDraft(file.id, null)
    setSaved(outcome)
  }
  if (file.state === 'quarantined') return null
  const ready = file.state === 'ready'
  return (
    <div className="foot flex-wrap">
      <LoadProblemList id={problemsId} problems={problems.shown} />
      <div role="status" className={saved === null || dirty || !loaded ? 'sr' : 's m w-full'}>
        {saved === null || dirty || !loaded ? null : <Saved options={saved} />}
      </div>
      {ready && (dirty || !loaded) ? (
        <Button look="prime" disabled={waiting} onClick={() => void actions.load(file, dirty ? draft : undefined)}>
          {dirty ? (loaded ? t('reloadWith') : t('loadWith')) : t('load')}
        </Button>
      ) : null}
      {dirty ? (
        <Button
          disabled={busy === 'save' || isWrong}
          {...(isWrong ? { 'aria-describedby': problemsId } : {})}
          onClick={() => void save()}
        >
          {t('save')}
        </Button>
      ) : null}
      {loaded ? (
        <Button disabled={waiting} onClick={() => void actions.unload(file)}>
          {t('unload')}
        </Button>
      ) : null}
      {file.source === 'added' && !dirty ? (
        <Button look="quiet" className="end flush" disabled={waiting} onClick={() => void actions.forget(file)}>
          {t('remove')}
        </Button>
      ) : null}
      {dirty ? (
        <Button look="quiet" className="end flush" onClick={() => setDraft(file.id, null)}>
          {t('discard')}
        </Button>
      ) : null}
    </div>
  )
}

/** What became of saved options while the model is loaded. */
function Saved({ options: { applied, fromNextLoad } }: { options: SavedOptions }) {
  const { t } = useTranslation('models')
  const names = (keys: readonly OptionKey[]): string => keys.map((key) => t(`option.${key}`)).join(', ')
  return (
    <>
      {applied.length === 0 ? null : <p>{t('holds.atOnce', { options: names(applied) })}</p>}
      {fromNextLoad.length === 0 ? null : <p>{t('holds.fromNextLoad', { options: names(fromNextLoad) })}</p>}
    </>
  )
}
