import { useQueryClient } from '@tanstack/react-query'
import { FileDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { AppInfo } from '#shared/app-info.ts'
import type { PublicError } from '#shared/errors.ts'
import type { CatalogModel } from '#shared/models.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useAppInfo, useCatalog, useConnections, useUpdateSettings } from '../../bridge/queries.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { Trace } from '../../components/trace.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useTitle } from '../../page/use-title.ts'
import { showImport } from '../models/import-store.ts'
import { quantizationBeside } from '../models/model-view.ts'
import { useHardwareText } from '../models/models-page.tsx'
import { rankForFirstChat } from './choose-model.ts'
import { FirstComposer } from './first-composer.tsx'
import { FoundModels } from './found-models.tsx'
import { startChat } from './start-chat.ts'

/** Models that the menu offers; the picker below has all. */
const OTHERS = 8

/** The first page: what is on this machine, and one button to the first answer. */
export function WelcomePage() {
  const { t } = useTranslation(['welcome', 'app'])
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const catalog = useCatalog()
  const ranked = rankForFirstChat(catalog.data ?? [])
  // A person's own model is no file: it stands for one that is counted already.
  const onThisMachine = ranked.filter((model) => model.place === 'here' && model.preset == null)
  const [chosenId, setChosenId] = useState<string | null>(null)
  const chosen = ranked.find((model) => model.id === chosenId) ?? ranked[0]
  const [starting, setStarting] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  useTitle(t('app:page.welcome'))

  async function start(content: string): Promise<void> {
    if (chosen === undefined) return
    setStarting(true)
    setError(null)
    try {
      navigate(`/chat/${await startChat(queries, chosen.id, content)}`)
    } catch (failure) {
      setError(toPublicError(failure))
      setStarting(false)
    }
  }

  return (
    <main className="talk" id="main" tabIndex={-1} aria-label={t('app:page.welcome')}>
      <div className="scroll">
        <div className="welcome">
          <p className="row m mb-6">
            <Trace places={['here', 'near', 'away']} />
            <b>{t('app:name')}</b>
          </p>
          <h1>{t('welcome:title')}</h1>
          <p className="lead">{t('welcome:lead')}</p>
          <div className="ways">
            <section className="way here" aria-label={t('app:place.here')}>
              <Glyph place="here" />
              <h2>
                <span className="p">{t('app:place.here')}</span>
                {t('welcome:hereName')}
              </h2>
              <Checked />
              {catalog.data === undefined && catalog.error !== null ? (
                <div className="col-span-full">
                  <ErrorForm error={toPublicError(catalog.error)} alert>
                    <div className="row pt-1">
                      <Button onClick={() => void catalog.refetch()}>{t('app:retry')}</Button>
                    </div>
                  </ErrorForm>
                </div>
              ) : (
                <Sentence catalog={catalog.data} ranked={onThisMachine} />
              )}
              <FoundModels models={onThisMachine} chosen={chosen?.id ?? null} onChoose={setChosenId} />
              {error === null ? null : (
                <div className="col-span-full">
                  <ErrorForm error={error} alert />
                </div>
              )}
              <div className="do">
                {catalog.data === undefined ? null : chosen === undefined ? (
                  <Button look="prime" big onClick={() => showImport(true)}>
                    {t('welcome:add')}
                  </Button>
                ) : (
                  <Button look="prime" big disabled={starting} onClick={() => void start(t('welcome:hello'))}>
                    <span className="cut">
                      {starting
                        ? t('welcome:starting')
                        : chosen.isDemo
                          ? t('welcome:useDemo')
                          : t('welcome:use', { model: chosen.name })}
                    </span>
                  </Button>
                )}
                {ranked.length > 1 ? (
                  <Menu label={t('welcome:another')} trigger={<Button big>{t('welcome:another')}</Button>}>
                    {ranked
                      .filter((model) => model.id !== chosen?.id)
                      .slice(0, OTHERS)
                      .map((model) => (
                        <MenuItem
                          key={model.id}
                          icon={<Glyph place={model.place} />}
                          onSelect={() => setChosenId(model.id)}
                        >
                          <span className="grow">{model.name}</span>
                          <span className="n m">{quantizationBeside(model.name, model.quantization)}</span>
                        </MenuItem>
                      ))}
                  </Menu>
                ) : null}
                <Button
                  look="quiet"
                  icon={<FileDown size={14} strokeWidth={1.75} aria-hidden="true" />}
                  onClick={() => showImport(true)}
                >
                  {t('welcome:drop')}
                </Button>
              </div>
            </section>
          </div>
          <Footnote />
        </div>
      </div>
      <FirstComposer models={ranked} chosen={chosen ?? null} onChoose={setChosenId} busy={starting} onSend={start} />
    </main>
  )
}

function Checked() {
  const info = useAppInfo().data
  return info === undefined ? <span /> : <CheckedFacts info={info} />
}

function CheckedFacts({ info }: { info: AppInfo }) {
  const { t } = useTranslation('welcome')
  const format = useFormat()
  const hardware = useHardwareText(info)
  return (
    <span className="s m self-center">
      {t('checked', { time: format.duration(info.hardware.checkedInMs) })} · {hardware}
    </span>
  )
}

function Sentence({ catalog, ranked }: { catalog: CatalogModel[] | undefined; ranked: CatalogModel[] }) {
  const { t } = useTranslation('welcome')
  if (catalog === undefined) return <p className="m col-span-full">{t('checking')}</p>
  const own = ranked.filter((model) => !model.isDemo).length
  const checking = catalog.filter((model) => model.state === 'checking').length
  return (
    <p className="col-span-full">
      {own > 0 ? t('found', { count: own }) : ranked.length > 0 ? t('onlyDemo') : t('none')}
      {checking > 0 ? <span className="m"> {t('stillChecking', { count: checking })}</span> : null}
    </p>
  )
}

function Footnote() {
  const { t } = useTranslation('welcome')
  const [, navigate] = useLocation()
  const info = useAppInfo().data
  const update = useUpdateSettings()
  // A promise about privacy: not given before it is known to be true.
  const stays = useConnections().data?.every(({ place }) => place === 'here') ?? false
  return (
    <p className="row m mt-8 border-t border-line pt-3">
      <span>
        {stays ? `${t('later')} ` : null}
        <button
          type="button"
          className="link"
          onClick={() => update.mutate({ welcomed: true }, { onSettled: () => navigate('/models') })}
        >
          {t('skip')}
        </button>
      </span>
      {info === undefined ? null : <span className="end s cut hide-n">{t('data', { path: info.dataFolder })}</span>}
    </p>
  )
}
