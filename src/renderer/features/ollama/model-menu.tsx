import { ArrowDownToLine, ArrowUpFromLine, Copy, Ellipsis, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/menu.tsx'
import { openSheet } from './ollama-store.ts'
import { useModelActions } from './use-model-actions.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** What can be done with one installed model, from its row. */
export function ModelMenu({
  connectionId,
  model,
  tabIndex,
}: {
  connectionId: string
  model: string
  tabIndex: number
}) {
  const { t } = useTranslation('ollama')
  const actions = useModelActions(connectionId)
  const label = t('actions', { name: model })
  return (
    <Menu
      label={label}
      align="end"
      trigger={
        <IconButton
          tabIndex={tabIndex}
          label={label}
          icon={<Ellipsis {...icon} />}
          onClick={(event) => event.stopPropagation()}
        />
      }
    >
      <MenuItem icon={<ArrowDownToLine {...icon} />} onSelect={() => void actions.update(model)}>
        {t('update')}
      </MenuItem>
      <MenuItem icon={<Copy {...icon} />} onSelect={() => openSheet({ kind: 'copy', model })}>
        {t('copy')}
      </MenuItem>
      <MenuItem icon={<ArrowUpFromLine {...icon} />} onSelect={() => openSheet({ kind: 'push', model })}>
        {t('push')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Trash2 {...icon} />} onSelect={() => openSheet({ kind: 'remove', model })}>
        {t('remove')}
      </MenuItem>
    </Menu>
  )
}
