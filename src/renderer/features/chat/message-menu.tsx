import { Menu as Base } from '@base-ui/react/menu'
import { Info, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message } from '#shared/chats.ts'
import { Glyph } from '../../components/glyph.tsx'
import { MenuItem, MenuSeparator } from '../../components/menu.tsx'
import { useMessageActions } from './answer-actions.ts'
import { useChatModels } from './use-chat-models.ts'

export interface OpenMenu {
  message: Message
  anchor: HTMLElement
}

/** The menu of one answer. There is one for the whole thread, so that rows stay light. */
export function MessageMenu({ open, onClose }: { open: OpenMenu; onClose: () => void }) {
  const { t } = useTranslation('chat')
  const actions = useMessageActions()
  const [shown, setShown] = useState(true)
  const anchor = useRef(open.anchor)
  const { message } = open
  const others = useChatModels().filter((model) => model.state === 'ready' && model.id !== message.facts?.modelId)
  return (
    <Base.Root
      open={shown}
      onOpenChange={setShown}
      onOpenChangeComplete={(isOpen) => {
        if (!isOpen) onClose()
      }}
    >
      <Base.Portal>
        <Base.Positioner className="pos" sideOffset={4} align="start" anchor={anchor}>
          <Base.Popup className="pop" finalFocus={anchor} aria-label={t('more')}>
            {message.facts === null ? null : (
              <MenuItem
                icon={<Info size={14} strokeWidth={1.75} aria-hidden="true" />}
                onSelect={() => actions.toggleWhy(message)}
              >
                {t('why.title')}
              </MenuItem>
            )}
            {others.length === 0 ? null : <MenuSeparator />}
            {others.slice(0, 8).map((model) => (
              <MenuItem
                key={model.id}
                icon={<Glyph place={model.place} />}
                onSelect={() => actions.rerun(message, model.id)}
              >
                {t('rerunWith', { model: model.name })}
              </MenuItem>
            ))}
            <MenuSeparator />
            <MenuItem
              icon={<Trash2 size={14} strokeWidth={1.75} aria-hidden="true" />}
              onSelect={() => actions.remove(message)}
            >
              {t('delete')}
            </MenuItem>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
