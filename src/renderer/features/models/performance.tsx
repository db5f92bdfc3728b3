import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { GgufFile, ModelMetrics } from '#shared/models.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { type Formatter, useFormat } from '../../i18n/format.ts'

const REFRESH_MS = 2000

/** How a model has run since the start, and what it takes of the machine. Asked again only while somebody can see it. */
export function Performance({ file }: { file: GgufFile }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const isLoaded = file.loaded?.state === 'loaded'
  const { data, error } = useQuery({
    queryKey: ['model-metrics', file.id, isLoaded],
    queryFn: () => client.models.metrics({ id: file.id }),
    refetchInterval: isLoaded ? REFRESH_MS : false,
    refetchIntervalInBackground: false,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  })
  if (data === undefined && error === null) return null
  const answered = data !== null && data !== undefined && data.requests > 0
  const rows = data === null || data === undefined ? [] : [...speeds(data), ...(isLoaded ? load(data) : [])]
  return (
    <section className="sec">
      <h2>
        {t('performance.title')}
        {answered ? <span className="end s m">{t('performance.since')}</span> : null}
      </h2>
      {error === null ? null : (
        <p className="s warn">{t('performance.unknown', { reason: toPublicError(error).message })}</p>
      )}
      {answered || error !== null ? null : <p className="m">{t('performance.none')}</p>}
      <dl className="facts">
        {rows.map(([key, value]) => (
          <div key={key} className="contents">
            <dt>{t(`performance.${key}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )

  type Row = ['speed' | 'promptSpeed' | 'ttft' | 'requests' | 'memory' | 'gpuShare', string]

  function speeds({ tokensPerSecond, promptTokensPerSecond, ttftMs, requests, failed }: ModelMetrics): Row[] {
    if (requests === 0) return []
    const speed = (value: number): string => t('performance.perSecond', { speed: oneDigit(format, value) })
    const answers = format.number(requests)
    return [
      ...(tokensPerSecond === null ? [] : [['speed', speed(tokensPerSecond)] satisfies Row]),
      ...(promptTokensPerSecond === null ? [] : [['promptSpeed', speed(promptTokensPerSecond)] satisfies Row]),
      ...(ttftMs === null ? [] : [['ttft', format.duration(ttftMs)] satisfies Row]),
      ['requests', failed === 0 ? answers : t('performance.failed', { answers, failed: format.number(failed) })],
    ]
  }

  function load({ memory, gpuShare }: ModelMetrics): Row[] {
    const ram = format.memory(memory.ram)
    return [
      [
        'memory',
        memory.vram > 0 ? t('memoryBoth', { ram, vram: format.memory(memory.vram) }) : t('memoryValue', { ram }),
      ],
      [
        'gpuShare',
        t('performance.layers', {
          percent: format.number(Math.round(gpuShare * 100)),
          layers: format.number(file.loaded?.gpuLayers ?? 0),
        }),
      ],
    ]
  }
}

/** 7.4, but 1,240: below a hundred the tenth counts. */
function oneDigit(format: Formatter, value: number): string {
  return format.number(value, value < 100 ? 1 : 0)
}
