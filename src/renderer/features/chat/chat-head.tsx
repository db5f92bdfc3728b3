import { PanelLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Message } from '#shared/chats.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useChatUi } from './chat-ui-store.ts'

/** The chat's title, and how full the context was at the last answer. */
export function ChatHead({ title, lastAnswer }: { title: string; lastAnswer: Message | null }) {
  const { t } = useTranslation('chat')
  return (
    <header className="head">
      <IconButton
        className="only-narrow"
        label={t('list.show')}
        icon={<PanelLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
        onClick={() => useChatUi.setState((ui) => ({ drawer: !ui.drawer }))}
      />
      <h1 className="chat-title cut">{title}</h1>
      <ContextMeter message={lastAnswer} />
    </header>
  )
}

function ContextMeter({ message }: { message: Message | null }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const facts = message?.facts ?? null
  if (facts === null || facts.contextSize === null || facts.promptTokens === null) return null
  const used = facts.promptTokens + (facts.completionTokens ?? 0)
  const percent = Math.min(100, Math.round((used / facts.contextSize) * 100))
  return (
    <div className="row end">
      <span className="s m nw hide-s">{t('context.word')}</span>
      {/* biome-ignore lint/a11y/useSemanticElements: a native meter cannot be drawn as one hairline */}
      <span
        className="ctx"
        role="meter"
        aria-label={t('context.label')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <i style={{ width: `${percent}%` }} />
      </span>
      <span className="n m nw">
        {t('context.of', { used: format.compact(used), size: format.compact(facts.contextSize) })}
      </span>
    </div>
  )
}
