import { CircleUserRound, LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { signOut } from '../../bridge/accounts.ts'
import { startOver, useMe } from '../../bridge/session.ts'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { showToast } from '../../components/toasts.tsx'
import { writeLocalDraft } from '../chat/local-draft.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** Who is signed in, with the way out. Nothing for the owner, who sits at this computer. */
export function AccountMenu() {
  const { t } = useTranslation('team')
  const me = useMe()
  const [, navigate] = useLocation()
  if (me === null || me.isOwner) return null

  async function leave(): Promise<void> {
    try {
      await signOut()
    } catch (error) {
      console.warn('Signing out failed', error)
      showToast({ text: t('account.signOutFailed') })
      return
    }
    // The next person at this browser finds nothing of this one.
    writeLocalDraft('')
    startOver()
  }

  return (
    <Menu
      align="end"
      side="top"
      label={t('account.menu', { name: me.name })}
      trigger={
        <button type="button" aria-label={t('account.menu', { name: me.name })}>
          <CircleUserRound {...icon} />
          <span className="cut words">{me.name}</span>
        </button>
      }
    >
      <p className="itemgroup">{me.email === '' ? me.name : me.email}</p>
      <MenuItem icon={<CircleUserRound {...icon} />} onSelect={() => navigate('/team/you')}>
        {t('account.yours')}
      </MenuItem>
      <MenuItem icon={<LogOut {...icon} />} onSelect={() => void leave()}>
        {t('account.signOut')}
      </MenuItem>
    </Menu>
  )
}
