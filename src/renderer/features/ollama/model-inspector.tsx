import { X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import type { OllamaDetails, OllamaModel } from '#shared/jobs.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useFocusHeir } from '../../page/use-focus-heir.ts'
import { useNow } from '../../page/use-now.ts'
import { rowOf } from './installed-table.tsx'
import { sameFiles } from './model-list.ts'
import { ModelText } from './model-text.tsx'
import { useOllamaDetails } from './ollama-queries.ts'
import { openSheet, useOllamaStore } from './ollama-store.ts'
import { countdown } from './use-job-text.ts'
import { useModelActions } from './use-model-actions.ts'
import { useNarrow } from './use-narrow.ts'

const TEXTS = ['parameters', 'system', 'template', 'modelfile', 'license'] as const

/** One installed model: what is loaded of it, what its server tells about it, and what can be done. */
export function ModelInspector({
  model,
  models,
  connection,
}: {
  model: OllamaModel
  models: readonly OllamaModel[]
  connection: ConnectionView
}) {
  const { t } = useTranslation(['ollama', 'app'])
  const details = useOllamaDetails(connection.id, model.name, model.digest)
  const failed = useOllamaStore((store) => store.failures[model.name])
  // On a phone it takes the page, and the list is not there.
  const Panel = useNarrow() ? 'main' : 'aside'
  const panel = useRef<HTMLElement>(null)
  useFocusHeir(panel, () => rowOf(model.name))
  return (
    <Panel ref={panel} className="insp" aria-label={t('ollama:inspector', { name: model.name })}>
      <div className="sec row min-h-16">
        <div className="grow">
          <b className="block text-[15px] wrap-anywhere">{model.name}</b>
          <div className="row s m">
            <Glyph place={connection.place} />
            <span className="cut">{connection.title}</span>
          </div>
        </div>
        <CopyButton text={model.name} what={model.name} />
        <IconButton
          label={t('app:close')}
          icon={<X size={16} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => useOllamaStore.setState({ selected: null })}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it */}
      <section className="scroll grow" tabIndex={0} aria-label={t('ollama:inspector', { name: model.name })}>
        {failed === undefined ? null : (
          <div className="sec">
            <ErrorForm error={failed} alert />
          </div>
        )}
        {model.running === null ? null : <LoadedNow model={model} connectionId={connection.id} />}
        <Facts model={model} models={models} details={details.data} />
        {details.error !== null && details.data === undefined ? (
          <div className="sec">
            <ErrorForm error={toPublicError(details.error)} title={t('ollama:noDetails')} did={t('ollama:downDid')}>
              <div className="row pt-1">
                <Button onClick={() => void details.refetch()}>{t('app:retry')}</Button>
              </div>
            </ErrorForm>
          </div>
        ) : null}
        {details.isPending ? (
          <p className="sec m" role="status">
            {t('app:loading')}
          </p>
        ) : null}
        {details.data === undefined ? null : <Texts details={details.data} />}
      </section>
      <Foot model={model.name} connectionId={connection.id} />
    </Panel>
  )
}

function LoadedNow({ model, connectionId }: { model: OllamaModel; connectionId: string }) {
  const { t } = useTranslation('ollama')
  const format = useFormat()
  const now = useNow(1000)
  const actions = useModelActions(connectionId)
  const unloading = useOllamaStore((store) => store.unloading[model.name]) === true
  const section = useRef<HTMLElement>(null)
  // It goes with what was loaded; the texts below it stay.
  useFocusHeir(section, () => document.querySelector<HTMLElement>('.insp > section'))
  const { running } = model
  if (running === null) return null
  const size = format.memory(running.sizeBytes)
  const left = running.expiresAt === null ? null : running.expiresAt - now
  return (
    <section ref={section} className="sec">
      <h2>
        {t('loadedNow')}
        <Button look="quiet" className="end flush" busy={unloading} onClick={() => void actions.unload(model.name)}>
          {unloading ? t('unloading') : t('unload')}
        </Button>
      </h2>
      <dl className="facts">
        <dt>{t('memory')}</dt>
        <dd>
          {running.vramBytes === 0
            ? t('memoryValue', { size })
            : t('memoryBoth', { size, vram: format.memory(Math.min(running.vramBytes, running.sizeBytes)) })}
        </dd>
        <dt>{t('timeLeft')}</dt>
        <dd>
          {left === null
            ? t('staysLoaded')
            : left <= 0
              ? t('unloadsNow')
              : t('inTime', { time: countdown(format, left) })}
        </dd>
      </dl>
    </section>
  )
}

function Facts({
  model,
  models,
  details,
}: {
  model: OllamaModel
  models: readonly OllamaModel[]
  details: OllamaDetails | undefined
}) {
  const { t, i18n } = useTranslation(['ollama', 'models'])
  const format = useFormat()
  const same = sameFiles(models, model)
  const unknown = t('ollama:notSaid')
  const context = details?.contextLength ?? null
  const facts: [label: string, value: string, words?: boolean][] = [
    [t('ollama:fact.size'), model.sizeBytes === 0 ? unknown : format.bytes(model.sizeBytes)],
    [t('ollama:fact.parameters'), model.parameterSize ?? details?.parameterSize ?? unknown],
    [t('ollama:fact.quantization'), model.quantization ?? details?.quantization ?? unknown],
    [t('ollama:fact.family'), model.family ?? details?.family ?? unknown],
    [
      t('ollama:fact.context'),
      context === null ? unknown : t('ollama:fact.contextValue', { tokens: format.number(context) }),
    ],
    [
      t('ollama:fact.capabilities'),
      details === undefined || details.capabilities.length === 0 ? unknown : details.capabilities.map(word).join(', '),
      true,
    ],
    [t('ollama:fact.modified'), model.modifiedAt === 0 ? unknown : format.day(model.modifiedAt), true],
    [t('ollama:fact.digest'), model.digest === '' ? unknown : model.digest.slice(0, 12)],
  ]
  if (same.length > 0) facts.push([t('ollama:fact.sameFiles'), same.join(', ')])
  return (
    <section className="sec">
      <h2>{t('ollama:facts')}</h2>
      <dl className="facts">
        {facts.map(([label, value, words]) => (
          <div key={label} className="contents">
            <dt>{label}</dt>
            <dd className={words ? 't' : ''}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )

  /** Ollama's own word, in this language where the word is known. */
  function word(capability: string): string {
    const key = { thinking: 'reasoning' }[capability] ?? capability
    return i18n.exists(`models:kind.${key}`) ? t(`models:kind.${key as 'chat'}`) : capability
  }
}

function Texts({ details }: { details: OllamaDetails }) {
  const { t } = useTranslation('ollama')
  return (
    <>
      {TEXTS.filter((key) => details[key].trim() !== '').map((key) => (
        <ModelText
          // Another model's texts are folded anew.
          key={`${details.name} ${key}`}
          title={t(`text.${key}`)}
          text={details[key]}
          {...(key === 'parameters' ? { shown: narrowed(details.parameters) } : {})}
          open={key === 'parameters' || key === 'system'}
          {...(key === 'modelfile'
            ? {
                action: (
                  <Button look="quiet" onClick={() => openSheet({ kind: 'create', starter: details.name })}>
                    {t('newFromThis')}
                  </Button>
                ),
              }
            : {})}
        />
      ))}
    </>
  )
}

/** Ollama sets the values of parameters in the 30th column; here they stand as near as the names allow. */
function narrowed(parameters: string): string {
  const rows = parameters
    .trim()
    .split('\n')
    .map((line) => /^(\S+)\s+(.*)$/.exec(line.trim()) ?? ['', line, ''])
  const widest = Math.max(...rows.map(([, name = '']) => name.length))
  return rows.map(([, name = '', value = '']) => `${name.padEnd(widest)}  ${value}`.trimEnd()).join('\n')
}

function Foot({ model, connectionId }: { model: string; connectionId: string }) {
  const { t } = useTranslation('ollama')
  const actions = useModelActions(connectionId)
  return (
    <div className="foot flex-wrap">
      <Button onClick={() => void actions.update(model)}>{t('update')}</Button>
      <Button onClick={() => openSheet({ kind: 'copy', model })}>{t('copy')}</Button>
      <Button onClick={() => openSheet({ kind: 'push', model })}>{t('push')}</Button>
      <Button look="quiet" className="end flush" onClick={() => openSheet({ kind: 'remove', model })}>
        {t('remove')}
      </Button>
    </div>
  )
}
