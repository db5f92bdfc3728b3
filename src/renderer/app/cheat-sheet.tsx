import { useTranslation } from 'react-i18next'
import { Dialog } from '../components/dialog.tsx'
import { Kbd } from '../components/kbd.tsx'
import { type ShortcutGroup, useShortcuts } from '../page/shortcuts.ts'

const GROUPS: readonly ShortcutGroup[] = ['everywhere', 'chat', 'models']

/** Every shortcut that works now, on `?`. */
export function CheatSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('app')
  const shortcuts = useShortcuts()
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('keys.title')}>
      {GROUPS.map((group) => {
        const own = shortcuts.filter((shortcut) => shortcut.group === group)
        if (own.length === 0) return null
        const labels = [...new Set(own.map((shortcut) => shortcut.label))]
        return (
          <section key={group} className="pb-3">
            <h3 className="py-1">{t(`keys.groups.${group}`)}</h3>
            <dl>
              {labels.map((label) => (
                <div key={label} className="row min-h-8 border-t border-line">
                  <dt className="grow">{label}</dt>
                  <dd className="row">
                    {[...new Set(own.filter((one) => one.label === label).map((one) => one.keys))].map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        )
      })}
    </Dialog>
  )
}
