import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Message } from '#shared/chats.ts'
import { useMessageActions } from './answer-actions.ts'

/** "2 of 3" with the ways to its siblings. Nothing, where there is only one. */
export function BranchSwitch({ message }: { message: Message }) {
  const { t } = useTranslation('chat')
  const actions = useMessageActions()
  const count = message.siblings.length
  if (count < 2) return null
  const position = message.siblings.indexOf(message.id) + 1
  const answer = message.role === 'assistant'
  return (
    <span className="branch">
      <button
        type="button"
        className="btn quiet ib"
        aria-label={answer ? t('branch.olderAnswer') : t('branch.olderMessage')}
        disabled={position <= 1}
        onClick={() => actions.sibling(message, -1)}
      >
        <ChevronLeft size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
      <span className="n">{t('branch.position', { position, count })}</span>
      <button
        type="button"
        className="btn quiet ib"
        aria-label={answer ? t('branch.newerAnswer') : t('branch.newerMessage')}
        disabled={position >= count}
        onClick={() => actions.sibling(message, 1)}
      >
        <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </span>
  )
}
