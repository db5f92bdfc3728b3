import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { CatalogModel } from '#shared/models.ts'
import type { ProviderKind } from '#shared/place.ts'
import { useCatalog } from '../../bridge/queries.ts'
import { Glyph } from '../../components/glyph.tsx'
import { WhyNotReady } from '../../components/model-picker/why-not-ready.tsx'

const PROMPTS = ['one', 'two', 'three'] as const
const DEMO_PROMPTS = ['demoOne', 'demoTwo', 'demoThree'] as const

/** Before the first message: what is ready, and three prompts that work with it. */
export function EmptyChat({
  model,
  gone = null,
  onPrompt,
}: {
  model: CatalogModel | null
  /** The chat's model where it is listed no more; the composer says so. */
  gone?: string | null
  onPrompt: (prompt: string) => void
}) {
  const { t } = useTranslation('chat')
  // Until the models are known there is nothing to say of them; the composer says why they are not.
  const known = useCatalog().data !== undefined
  // Who made the model knows best what to ask it.
  const suggested = [...new Set(model?.preset?.suggestions ?? [])]
  const prompts = suggested.length > 0 ? [] : model?.isDemo ? DEMO_PROMPTS : PROMPTS
  return (
    <div className="scroll thread">
      <div className="turns">
        <div className="empty start">
          <p className="m">
            {t('empty.nothing')}{' '}
            {!known || gone !== null ? null : model === null ? (
              <>
                {t('empty.noModel')} <Link href="/models">{t('empty.addModel')}</Link>
              </>
            ) : model.state === 'ready' ? (
              <>
                <Glyph place={model.place} />{' '}
                {loadsFirst(model) ? t('empty.loads', { model: model.name }) : t('empty.ready', { model: model.name })}
              </>
            ) : (
              <>
                {t('empty.unavailable', { model: model.name })} <WhyNotReady model={model} />
              </>
            )}
          </p>
          {model?.preset != null && model.preset.description !== '' ? (
            <p className="kept">{model.preset.description}</p>
          ) : null}
          {model?.isDemo ? <p className="m s demo-note">{t('empty.demo')}</p> : null}
          {suggested.map((prompt) => (
            <button key={prompt} type="button" className="ask" onClick={() => onPrompt(prompt)}>
              {prompt}
            </button>
          ))}
          {prompts.map((key) => (
            <button key={key} type="button" className="ask" onClick={() => onPrompt(t(`prompts.${key}`))}>
              {t(`prompts.${key}`)}
            </button>
          ))}
        </div>
      </div>
    </div>
  )
}

/** Servers that load a model when it is first asked; with the others nobody waits for that. */
const LOADING: readonly ProviderKind[] = ['llama', 'ollama', 'localai']

function loadsFirst({ loaded, holders }: CatalogModel): boolean {
  return !loaded && holders.some(({ provider }) => LOADING.includes(provider))
}
