import { Copy, Ellipsis, FileUp, Power, SquarePen, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { PresetRow } from '#shared/presets.ts'
import { Menu, MenuItem, MenuSeparator } from '../../components/menu.tsx'
import { NEW_PRESET_PATH, presetPath } from './preset-address.ts'
import { copyOf } from './preset-draft.ts'
import { keepDraft, usePresetsStore } from './presets-store.ts'
import { usePresetActions } from './use-preset-actions.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** What can be done with one model, beside changing it. */
export function RowMenu({ row, inEditor }: { row: PresetRow; inEditor?: boolean | undefined }) {
  const { t } = useTranslation('presets')
  const [, navigate] = useLocation()
  const actions = usePresetActions()
  const { preset, canWrite } = row
  return (
    <Menu
      align="end"
      label={t('more', { name: preset.name })}
      trigger={
        <button type="button" className="btn quiet ib" aria-label={t('more', { name: preset.name })}>
          <Ellipsis {...icon} />
        </button>
      }
    >
      {inEditor ? null : (
        <MenuItem icon={<SquarePen {...icon} />} onSelect={() => navigate(presetPath(preset.id))}>
          {t('open')}
        </MenuItem>
      )}
      <MenuItem
        icon={<Copy {...icon} />}
        onSelect={() => {
          keepDraft('', copyOf(preset, t('copyName', { name: preset.name })))
          navigate(NEW_PRESET_PATH)
        }}
      >
        {t('duplicate')}
      </MenuItem>
      <MenuItem icon={<FileUp {...icon} />} onSelect={() => void actions.exportModels([preset.id])}>
        {t('export')}
      </MenuItem>
      {canWrite ? (
        <>
          <MenuSeparator />
          {inEditor ? null : (
            <MenuItem icon={<Power {...icon} />} onSelect={() => void actions.setActive([preset.id], !preset.isActive)}>
              {t(preset.isActive ? 'switchOff' : 'switchOn')}
            </MenuItem>
          )}
          <MenuItem icon={<Trash2 {...icon} />} onSelect={() => usePresetsStore.setState({ removing: [preset.id] })}>
            {t('delete')}
          </MenuItem>
        </>
      ) : null}
    </Menu>
  )
}
