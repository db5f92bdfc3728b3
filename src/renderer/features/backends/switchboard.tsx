import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import { useAppInfo } from '../../bridge/queries.ts'
import { Glyph } from '../../components/glyph.tsx'
import { isTrouble } from './connection-state.tsx'
import { type Board, type Lane, layOut, ROW } from './switchboard-lanes.ts'
import { hostOf } from './use-connection-text.ts'
import { useCountdown, useShortTime } from './use-times.ts'
import { useWidth } from './use-width.ts'

/** Below this width the clients' names have no room. */
const WIDE = 640
const GLYPH_GAP = 8
/** At least so much of the line between the clients and the gateway shows. */
const CLIENT_LINE = 40

/** Clients, the gateway and the backends, with the routes that carry requests now. */
export function Switchboard({ views }: { views: readonly ConnectionView[] }) {
  const { t } = useTranslation('backends')
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box, 1100)
  const gatewayUrl = useAppInfo().data?.gatewayUrl
  const inFlight = views.reduce((sum, { health }) => sum + health.inFlight, 0)
  const wide = width >= WIDE
  const names = wide ? Math.min(360, width * 0.36) : Math.min(232, width * 0.6)
  const bars = wide ? { left: Math.round(width * 0.27), gap: 24 } : { left: 24, gap: 16 }
  const clientX = wide ? Math.min(184, bars.left - CLIENT_LINE) : null
  const right = bars.left + bars.gap + 4
  const to = width - 24 - names
  const board = layOut(views, right, to - GLYPH_GAP)
  return (
    <section className="yard" aria-label={t('board.title')}>
      <div className="row pad yard-head">
        <h2>{t('board.title')}</h2>
        <span className="s m">{t('board.now', { count: inFlight })}</span>
      </div>
      <div className="board" ref={box} style={{ height: board.height }}>
        <svg width={width} height={board.height} aria-hidden="true">
          <Gateway board={board} left={bars.left} right={right} clientX={clientX} />
          {board.lanes.map((lane) => (
            <LaneLines key={lane.view.id} lane={lane} left={bars.left} right={right} />
          ))}
        </svg>
        {clientX === null ? null : (
          <p className="client" style={{ top: board.gateway.middle - 18, width: clientX - 16 }}>
            <b>{t('board.clients')}</b>
            <span className="s m">{t('board.clientsNote')}</span>
          </p>
        )}
        <p
          className={wide ? 's m gate' : 's m gate start'}
          style={{ left: wide ? bars.left + bars.gap / 2 + 2 : 16, top: board.gateway.bottom + 4 }}
        >
          {gatewayUrl === undefined
            ? null
            : gatewayUrl === null
              ? t('board.noGateway')
              : t('board.gateway', { address: hostOf(gatewayUrl) })}
        </p>
        <ul className="ends" style={{ left: to, width: names, top: board.top - ROW / 2 }}>
          {board.lanes.map((lane) => (
            <LaneEnd key={lane.view.id} lane={lane} />
          ))}
          {board.more === 0 ? null : (
            <li className="s m">
              <span>{t('board.more', { count: board.more })}</span>
            </li>
          )}
        </ul>
      </div>
    </section>
  )
}

function Gateway({
  board,
  left,
  right,
  clientX,
}: {
  board: Board
  left: number
  right: number
  clientX: number | null
}) {
  const { top, bottom, middle } = board.gateway
  return (
    <>
      {clientX === null ? null : (
        <>
          <path className="ln in" d={`M${clientX + 4} ${middle}H${left}`} />
          <circle className="stn" cx={clientX} cy={middle} r="4" />
        </>
      )}
      <rect className="bus" x={left} y={top} width="4" height={bottom - top} />
      <rect className="bus" x={right - 4} y={top} width="4" height={bottom - top} />
    </>
  )
}

function LaneLines({ lane, left, right }: { lane: Lane; left: number; right: number }) {
  const { look, path, rest, cross, packets, startY } = lane
  const { place } = lane.view
  return (
    <>
      {look === 'active' ? <path className="ln in" d={`M${left + 4} ${startY}H${right - 4}`} /> : null}
      <path className={look === 'active' ? `ln ${place}` : `ln ${look === 'off' ? 'off' : 'idle'}`} d={path} />
      {rest === null ? null : <path className="ln off" d={rest} />}
      {cross === null ? null : <path className="x" d={`M${cross.x - 5} ${cross.y - 5}l10 10m0-10l-10 10`} />}
      {packets.map(({ x, y }) => (
        <circle key={x} className={`pk ${place}`} cx={x} cy={y} r="5" />
      ))}
    </>
  )
}

function LaneEnd({ lane: { view } }: { lane: Lane }) {
  return (
    <li>
      <Glyph place={view.place} named />
      <b className="cut">{view.title}</b>
      <LaneWords view={view} />
    </li>
  )
}

function LaneWords({ view: { health } }: { view: ConnectionView }) {
  const { t } = useTranslation('backends')
  const short = useShortTime()
  const left = useCountdown(health.nextCheckAt)
  const tone = isTrouble(health.state) ? 'bad' : health.state === 'limited' || health.state === 'slow' ? 'warn' : 'm'
  return <span className={`s end cut words ${tone}`}>{words()}</span>

  function words(): string {
    const running = health.inFlight > 0 ? t('board.inFlight', { count: health.inFlight }) : null
    switch (health.state) {
      case 'down':
        return left === null ? t('board.down') : t('board.downNext', { time: left })
      case 'auth-failed':
        return t('board.refused')
      case 'limited':
        return running ?? t('board.limited')
      case 'slow':
        return running ?? t('board.slow', { latency: short(health.latencyMs ?? 0) })
      case 'disabled':
        return t('board.paused')
      case 'unknown':
        return running ?? t('board.unknown')
      case 'ready':
        return running ?? t('board.idle')
    }
  }
}
