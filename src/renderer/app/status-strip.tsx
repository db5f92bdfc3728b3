import { Check, TriangleAlert, Unplug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Status } from '#shared/app-info.ts'
import type { Place } from '#shared/place.ts'
import { reconnectNow } from '../bridge/engine-events.ts'
import { useAppInfo, useConnections, useStatus } from '../bridge/queries.ts'
import { useIsAdmin } from '../bridge/session.ts'
import { Glyph } from '../components/glyph.tsx'
import { JobsIndicator } from '../features/ollama/jobs-indicator.tsx'
import { AccountMenu } from '../features/sign-in/account-menu.tsx'
import { useFormat } from '../i18n/format.ts'
import { useNow } from '../page/use-now.ts'
import { useConnectionStore } from '../stores/connection-store.ts'

/** One line of facts: what runs here, near and away, what is in trouble, and what is saved. Each leads to its page. */
export function StatusStrip({ bare }: { bare: boolean }) {
  const status = useStatus().data
  const admin = useIsAdmin()
  const { t } = useTranslation('app')
  return (
    <footer className="strip">
      <ConnectionFact />
      {status === undefined ? null : (
        <>
          <HereFact status={status} />
          <PlaceFacts status={status} />
          {admin ? (
            <>
              {status.trouble.map((sentence) => (
                <TroubleFact key={sentence} sentence={sentence} status={status} />
              ))}
              <JobsIndicator />
            </>
          ) : null}
          {bare ? (
            <span className="fact m end">
              <Check size={14} strokeWidth={1.75} aria-hidden="true" />
              {t('status.local')}
            </span>
          ) : (
            <SavedFact status={status} />
          )}
        </>
      )}
      <AccountMenu />
    </footer>
  )
}

function ConnectionFact() {
  const { t } = useTranslation('app')
  const connection = useConnectionStore((store) => store.connection)
  const format = useFormat()
  if (connection.state === 'connected') return null
  if (connection.state === 'connecting') return <span className="fact m">{t('status.connecting')}</span>
  return (
    <button type="button" className="warn" onClick={reconnectNow}>
      <Unplug size={14} strokeWidth={1.75} aria-hidden="true" />
      {t('status.reconnecting')}
      <span className="m">
        {t('asOf', { time: format.time(connection.since) })} · {t('status.tryNow')}
      </span>
    </button>
  )
}

function HereFact({ status }: { status: Status }) {
  const { t } = useTranslation('app')
  const format = useFormat()
  const info = useAppInfo().data
  const { here } = status
  const words = hereWords()
  const used = here.memoryBytes
  const vramTotal = info?.hardware.gpus.reduce((sum, gpu) => sum + (gpu.vramBytes ?? 0), 0) ?? 0
  // Zero for people who do not manage this machine: its size is not told to them.
  const memoryTotal = info?.hardware.memoryBytes ?? 0
  const memory =
    used.vram > 0
      ? t('status.vram', { size: ofTotal(format.memory(used.vram), vramTotal > 0 ? format.memory(vramTotal) : null) })
      : used.ram > 0
        ? t('status.memory', {
            size: ofTotal(format.memory(used.ram), memoryTotal > 0 ? format.memory(memoryTotal) : null),
          })
        : null

  function hereWords(): string {
    if (here.state === 'down') return t('status.down')
    if (here.modelName === null) {
      return here.availableModels === 0 ? t('status.none') : t('status.idle', { count: here.availableModels })
    }
    const model = here.modelName
    if (here.state === 'loading') return t('status.loading', { model })
    return here.state === 'busy' ? t('status.busy', { model }) : t('status.ready', { model })
  }

  return (
    <Link href="/models" className={here.state === 'down' ? 'bad' : ''}>
      <Glyph place="here" />
      <span className="cut">{words}</span>
      {here.loadedModels > 1 ? <span className="n m">{t('status.more', { count: here.loadedModels - 1 })}</span> : null}
      {memory === null ? null : <span className="n m">{memory}</span>}
    </Link>
  )
}

/** `0.4 / 8.0 GB`: the unit is said once when both share it. */
function ofTotal(used: string, total: string | null): string {
  if (total === null) return used
  const [value, unit] = used.split(' ')
  return unit !== undefined && total.endsWith(` ${unit}`) ? `${value} / ${total}` : `${used} / ${total}`
}

function PlaceFacts({ status }: { status: Status }) {
  const { t } = useTranslation('app')
  return (
    <>
      {status.near.connections === 0 ? null : (
        <PlaceFact
          place="near"
          down={status.near.down}
          count={status.near.connections}
          text={t('status.near', { count: status.near.connections })}
        />
      )}
      {status.away.connections === 0 ? null : (
        <PlaceFact
          place="away"
          down={status.away.down}
          count={status.away.connections}
          text={t('status.away', { count: status.away.connections })}
        />
      )}
    </>
  )
}

function PlaceFact({ place, text, count, down }: { place: Place; text: string; count: number; down: number }) {
  const { t } = useTranslation('app')
  const admin = useIsAdmin()
  const name = down === 0 ? text : `${text}, ${t('status.ofThemDown', { count: down })}`
  const inside = (
    <>
      <Glyph place={place} />
      <span className="n only-phone" aria-hidden="true">
        {count}
      </span>
      <span className="cut words">{text}</span>
      {down === 0 ? null : <span className="bad">{t('status.ofThemDown', { count: down })}</span>}
    </>
  )
  if (!admin) return <span className="fact">{inside}</span>
  return (
    <Link href="/backends" aria-label={name}>
      {inside}
    </Link>
  )
}

/** One trouble: the engine's codes in our words, anything else as it is. What the saved fact says is not said twice. */
function TroubleFact({ sentence, status }: { sentence: string; status: Status }) {
  if (sentence === 'connections-down') return <DownFact />
  if ((sentence === 'disk-low' || sentence === 'storage-failed') && status.storage !== 'ok') return null
  return (
    <Link href="/models" className="bad cut">
      <Unplug size={14} strokeWidth={1.75} aria-hidden="true" />
      <span className="cut">{sentence}</span>
    </Link>
  )
}

/** Which connection is down and when it is looked at again, or how many are. */
function DownFact() {
  const { t } = useTranslation('app')
  const down = (useConnections().data ?? []).filter(
    ({ health }) => health.state === 'down' || health.state === 'auth-failed',
  )
  const [only] = down
  const now = useNow(1000)
  const nextAt = only?.health.nextCheckAt ?? null
  const seconds = nextAt === null ? 0 : Math.ceil((nextAt - now) / 1000)
  // The list may be a moment behind the status.
  if (only === undefined) return null
  return (
    <Link href="/backends" className="bad cut">
      <Unplug size={14} strokeWidth={1.75} aria-hidden="true" />
      {down.length > 1 ? (
        <span className="cut">{t('status.connectionsDown', { count: down.length })}</span>
      ) : (
        <>
          <span className="cut">
            {only.health.state === 'down'
              ? t('status.connectionDown', { name: only.title })
              : t('status.connectionRefused', { name: only.title })}
          </span>
          {seconds > 0 ? <span className="n m">{t('status.looksAgain', { time: `${seconds} s` })}</span> : null}
        </>
      )}
    </Link>
  )
}

function SavedFact({ status }: { status: Status }) {
  const { t } = useTranslation('app')
  const format = useFormat()
  const now = useNow(10_000)
  const admin = useIsAdmin()
  const wrong = status.storage !== 'ok'
  const inside = wrong ? (
    <>
      <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
      <span className="cut">{status.storage === 'disk-low' ? t('status.diskLow') : t('status.storageFailed')}</span>
    </>
  ) : (
    <>
      <Check size={14} strokeWidth={1.75} aria-hidden="true" />
      <span className="cut">
        {status.savedAt === null ? t('status.notSaved') : t('status.saved', { ago: format.ago(status.savedAt, now) })}
      </span>
    </>
  )
  const look = wrong ? 'bad end' : 'm end'
  if (!admin) return <span className={`fact ${look}`}>{inside}</span>
  return (
    <Link href="/settings" className={look}>
      {inside}
    </Link>
  )
}
