import { Menu as Base } from '@base-ui/react/menu'
import { Pencil, Pin, PinOff, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '#shared/chats.ts'
import { MenuItem, MenuSeparator } from '../../components/menu.tsx'

export interface ConversationMenuProps {
  conversation: Conversation
  anchor: HTMLElement
  onClose: () => void
  onRename: () => void
  onPin: () => void
  onRemove: () => void
}

/** Rename, pin, delete. One menu for the whole list. */
export function ConversationMenu(props: ConversationMenuProps) {
  const { conversation, onClose, onRename, onPin, onRemove } = props
  const { t } = useTranslation('chat')
  const [shown, setShown] = useState(true)
  const anchor = useRef(props.anchor)
  const Icon = conversation.pinned ? PinOff : Pin
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
          <Base.Popup className="pop" aria-label={t('list.actions', { title: conversation.title })} finalFocus={anchor}>
            <MenuItem icon={<Pencil size={14} strokeWidth={1.75} aria-hidden="true" />} onSelect={onRename}>
              {t('list.rename')}
            </MenuItem>
            <MenuItem icon={<Icon size={14} strokeWidth={1.75} aria-hidden="true" />} onSelect={onPin}>
              {conversation.pinned ? t('list.unpin') : t('list.pin')}
            </MenuItem>
            <MenuSeparator />
            <MenuItem icon={<Trash2 size={14} strokeWidth={1.75} aria-hidden="true" />} onSelect={onRemove}>
              {t('delete')}
            </MenuItem>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
