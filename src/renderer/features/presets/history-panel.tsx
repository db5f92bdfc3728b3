import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import type { PresetRow, PresetVersion } from '#shared/presets.ts'
import { client } from '../../bridge/client.ts'
import { presetKeys, refreshPresets, usePresetHistory } from '../../bridge/preset-queries.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useMe } from '../../bridge/session.ts'
import { useDirectory } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { keepDraft } from './presets-store.ts'
import { presetText, versionDiff } from './version-diff.ts'

/** The saved versions, newest first; one chosen is shown beside what is saved now, and can be brought back. */
export function HistoryPanel({ row, dirty }: { row: PresetRow; dirty: boolean }) {
  const { t } = useTranslation(['presets', 'app'])
  const history = usePresetHistory(row.preset.id)
  const [chosen, setChosen] = useState<number | null>(null)
  if (history.error !== null) return <ErrorForm error={toPublicError(history.error)} />
  if (history.data === undefined) {
    return (
      <p className="m" role="status">
        {t('app:loading')}
      </p>
    )
  }
  const [newest] = history.data
  // What is saved now may stand in the list itself, or only what was before it.
  const listed = newest !== undefined && presetText(newest.preset) === presetText(row.preset)
  const version = history.data.find((one) => one.version === chosen)
  return (
    <>
      {history.data.length === 0 ? <p className="m s note">{t('presets:history.none')}</p> : null}
      <ul className="versions">
        {listed ? null : <CurrentLine number={(newest?.version ?? 0) + 1} savedAt={row.preset.updatedAt} />}
        {history.data.map((one, index) => (
          <VersionLine
            key={one.version}
            version={one}
            owner={{ id: row.preset.ownerId, name: row.ownerName }}
            now={listed && index === 0}
            chosen={one.version === chosen}
            onChoose={() => setChosen(one.version)}
          />
        ))}
      </ul>
      {version === undefined ? null : (
        <VersionBeside
          key={version.version}
          version={version}
          newest={listed && version === newest}
          row={row}
          dirty={dirty}
          onReverted={() => setChosen(null)}
        />
      )}
    </>
  )
}

function CurrentLine({ number, savedAt }: { number: number; savedAt: number }) {
  const { t } = useTranslation('presets')
  const format = useFormat()
  const time = useNow(30_000)
  return (
    <li>
      <span className="template">
        <b>{t('history.version', { number })}</b>
        <span className="s">{t('history.now')}</span>
        <span className="s m end nw">{format.ago(savedAt * 1000, time)}</span>
      </span>
    </li>
  )
}

function VersionLine({
  version,
  owner,
  now,
  chosen,
  onChoose,
}: {
  version: PresetVersion
  /** Of the model; the directory lists no owner of the machine. */
  owner: { id: string; name: string }
  now: boolean
  chosen: boolean
  onChoose: () => void
}) {
  const { t } = useTranslation('presets')
  const format = useFormat()
  const time = useNow(30_000)
  const me = useMe()
  const people = useDirectory().data?.people
  const name =
    version.savedBy === me?.id
      ? t('history.owner')
      : (people?.find((one) => one.id === version.savedBy)?.name ??
        (version.savedBy === owner.id ? owner.name : t('access.unknown')))
  return (
    <li>
      <button
        type="button"
        className="template"
        aria-pressed={chosen}
        aria-label={t('history.show', { number: version.version })}
        onClick={onChoose}
      >
        <b>{t('history.version', { number: version.version })}</b>
        {now ? <span className="s">{t('history.now')}</span> : null}
        <span className="s m end nw">{t('history.by', { when: format.ago(version.savedAt * 1000, time), name })}</span>
      </button>
    </li>
  )
}

function VersionBeside({
  version,
  newest,
  row,
  dirty,
  onReverted,
}: {
  version: PresetVersion
  newest: boolean
  row: PresetRow
  dirty: boolean
  onReverted: () => void
}) {
  const { t } = useTranslation('presets')
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  const parts = useMemo(
    () => versionDiff(presetText(version.preset), presetText(row.preset)),
    [version.preset, row.preset],
  )
  const same = parts.every((part) => part.kind === 'same' || part.kind === 'skipped')
  const number = version.version

  async function revert(): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      const saved = await client.presets.revert({ id: row.preset.id, version: number })
      keepDraft(row.preset.id, null)
      queries.setQueryData(presetKeys.row(row.preset.id), saved)
      await refreshPresets(queries)
      announce(t('history.reverted', { number }))
      onReverted()
    } catch (thrown) {
      setError(toPublicError(thrown))
      setBusy(false)
    }
  }

  return (
    <section className="beside" aria-label={t('history.diff', { from: number })}>
      {same ? (
        <p className="m">{t(newest ? 'history.first' : 'history.same')}</p>
      ) : (
        <>
          <h3>{t('history.diff', { from: number })}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard */}
          <section className="lines-diff" tabIndex={0} aria-label={t('history.lines')}>
            {parts.map((part, index) =>
              part.kind === 'skipped' ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names, and the diff is made anew for each version
                <div key={index} className="skipped">
                  {t('history.skipped', { count: part.count })}
                </div>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <DiffLines key={index} kind={part.kind} lines={part.lines} />
              ),
            )}
          </section>
        </>
      )}
      {error === null ? null : <ErrorForm error={error} alert />}
      {same || !row.canWrite ? null : (
        <div className="row pt-2 flex-wrap">
          <Button disabled={busy || dirty} onClick={() => void revert()}>
            {busy ? t('history.reverting') : t('history.revert', { number })}
          </Button>
          <span className="m s">{t(dirty ? 'history.dirty' : 'history.revertNote')}</span>
        </div>
      )}
    </section>
  )
}

function DiffLines({ kind, lines }: { kind: 'same' | 'added' | 'removed'; lines: readonly string[] }) {
  const { t } = useTranslation('presets')
  const text = lines.join('\n')
  if (kind === 'same') return <pre>{text}</pre>
  const Element = kind === 'added' ? 'ins' : 'del'
  return (
    <Element>
      <span className="sr">{t(`history.${kind}`)}</span>
      <pre>{text}</pre>
    </Element>
  )
}
