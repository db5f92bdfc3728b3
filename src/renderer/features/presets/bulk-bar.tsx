import { ChevronDown, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { usePresetsStore } from './presets-store.ts'
import { usePresetActionStore, usePresetActions } from './use-preset-actions.ts'

/** What can be done with all chosen models at once; it takes the place of the filters while some are chosen. */
export function BulkBar({ count }: { count: number }) {
  const { t } = useTranslation('presets')
  const chosen = usePresetsStore((store) => store.chosen)
  const busy = usePresetActionStore((store) => store.busy)
  const actions = usePresetActions()
  const ids = [...chosen]
  return (
    <section className="group bulk" aria-label={t('chosen', { count })}>
      <b className="nw" role="status">
        {t('chosen', { count })}
      </b>
      <Button disabled={busy} onClick={() => void actions.setActive(ids, true)}>
        {t('switchOn')}
      </Button>
      <Button disabled={busy} onClick={() => void actions.setActive(ids, false)}>
        {t('switchOff')}
      </Button>
      <Menu
        label={t('visibility.label')}
        trigger={
          <button type="button" className="btn" disabled={busy}>
            {t('visibility.label')}
            <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
          </button>
        }
      >
        <MenuItem onSelect={() => void actions.setVisibility(ids, 'private')}>{t('visibility.private')}</MenuItem>
        <MenuItem onSelect={() => void actions.setVisibility(ids, 'everyone')}>{t('visibility.everyone')}</MenuItem>
      </Menu>
      <Button disabled={busy} onClick={() => void actions.exportModels(ids)}>
        {t('export')}
      </Button>
      <Button disabled={busy} onClick={() => usePresetsStore.setState({ removing: ids })}>
        {t('delete')}
      </Button>
      <span className="end">
        <IconButton
          label={t('clearChosen')}
          icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => usePresetsStore.setState({ chosen: new Set() })}
        />
      </span>
    </section>
  )
}
