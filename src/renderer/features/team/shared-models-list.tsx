import { useQueryClient } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import type { TeamSettings } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { queryKeys, useCatalog, useConnections } from '../../bridge/queries.ts'
import { teamKeys, useModelRecords, useTeamSettings } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { Tag } from '../../components/tag.tsx'
import { inputOfView } from '../backends/connection-draft.ts'
import { Loaded } from './loaded.tsx'
import { connectionVisibility, type SharedModel, sharedModels, type Visibility } from './model-visibility.ts'
import { SwitchRow } from './switch.tsx'
import { useAction } from './use-action.ts'

/** Models drawn at once; the search finds the others. */
const SHOWN = 60

/** What everyone who signed in may use: whole connections, or single models. Each switch holds at once. */
export function SharedModelsList({ guestsMaySpend }: { guestsMaySpend: boolean }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const catalog = useCatalog()
  const records = useModelRecords()
  const connections = useConnections().data ?? []
  const modelsHere = useTeamSettings().data?.modelsHere ?? 'private'
  const [query, setQuery] = useState('')
  const { busy, error, run } = useAction()

  async function change(said: string, work: () => Promise<unknown>): Promise<void> {
    const done = await run(work)
    await Promise.all([
      queries.invalidateQueries({ queryKey: teamKeys.records }),
      queries.invalidateQueries({ queryKey: queryKeys.connections }),
    ])
    if (done !== null) announce(said)
  }
  function setConnection(view: ConnectionView, visibility: Visibility): void {
    const said = t(`models.said.${visibility}`, { name: view.title })
    void change(said, () =>
      view.config === null
        ? client.team.setSettings({ modelsHere: visibility })
        : client.connections.update({
            id: view.id,
            input: { ...inputOfView(view), visibility },
            base: view.revision,
          }),
    )
  }
  function setModel({ model }: SharedModel, visibility: Visibility): void {
    const said = t(`models.said.${visibility}`, { name: model.name })
    void change(said, () => client.presets.setVisibility({ ids: [model.id], visibility }))
  }

  return (
    <div className="shared-models">
      <ConnectionSwitches connections={connections} modelsHere={modelsHere} busy={busy} onChange={setConnection} />
      {error === null ? null : <ErrorForm error={error} alert />}
      <Loaded query={catalog}>
        {(models) => (
          <Loaded query={records}>
            {(known) => {
              const words = query.trim().toLowerCase()
              const all = sharedModels(models, known, connections, modelsHere)
              const matching = all.filter(({ model }) => `${model.id} ${model.name}`.toLowerCase().includes(words))
              return (
                <>
                  <div className="row models-head">
                    <h3>{t('models.single')}</h3>
                    <span className="s m">
                      {t('models.count', {
                        open: all.filter(({ visibility }) => visibility === 'everyone').length,
                        count: all.length,
                      })}
                    </span>
                    {all.length > 8 ? (
                      <span className="field end">
                        <Search size={14} strokeWidth={1.75} aria-hidden="true" />
                        <input
                          type="search"
                          aria-label={t('models.search')}
                          placeholder={t('models.search')}
                          value={query}
                          onChange={(event) => setQuery(event.target.value)}
                        />
                      </span>
                    ) : null}
                  </div>
                  <div className="inner-scroll ruled">
                    {matching.slice(0, SHOWN).map((shared) => (
                      <ModelSwitch
                        key={shared.model.id}
                        shared={shared}
                        guestsMaySpend={guestsMaySpend}
                        busy={busy}
                        onChange={setModel}
                      />
                    ))}
                    {matching.length > SHOWN ? (
                      <p className="s m py-2">{t('viewAs.more', { count: matching.length - SHOWN })}</p>
                    ) : null}
                  </div>
                </>
              )
            }}
          </Loaded>
        )}
      </Loaded>
    </div>
  )
}

function ConnectionSwitches({
  connections,
  modelsHere,
  busy,
  onChange,
}: {
  connections: readonly ConnectionView[]
  modelsHere: TeamSettings['modelsHere']
  busy: boolean
  onChange: (view: ConnectionView, visibility: Visibility) => void
}) {
  const { t } = useTranslation('team')
  return connections.map((view) => (
    <SwitchRow
      key={view.id}
      words={
        <span className="row">
          <Glyph place={view.place} named />
          {view.config === null ? t('models.allHere') : t('models.allOf', { name: view.title })}
        </span>
      }
      on={connectionVisibility(view, modelsHere) === 'everyone'}
      disabled={busy}
      onChange={(on) => onChange(view, on ? 'everyone' : 'private')}
    />
  ))
}

function ModelSwitch({
  shared,
  guestsMaySpend,
  busy,
  onChange,
}: {
  shared: SharedModel
  guestsMaySpend: boolean
  busy: boolean
  onChange: (shared: SharedModel, visibility: Visibility) => void
}) {
  const { t } = useTranslation('team')
  const { model, visibility, heldBackBy } = shared
  const on = visibility === 'everyone'
  const hint =
    heldBackBy !== null
      ? t('models.heldBack', { name: heldBackBy })
      : on && model.place === 'away' && !guestsMaySpend
        ? t('models.away')
        : undefined
  return (
    <SwitchRow
      words={
        <span className="row">
          <Glyph place={model.place} named />
          <span className="cut">{model.name}</span>
          {model.preset == null ? null : <Tag>{t('viewAs.preset')}</Tag>}
        </span>
      }
      hint={hint}
      on={on}
      disabled={busy}
      onChange={(next) => onChange(shared, next ? 'everyone' : 'private')}
    />
  )
}
