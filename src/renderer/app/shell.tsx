import { Layers, type LucideIcon, MessageSquare, SlidersHorizontal, Users, Waypoints } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { desktop } from '../bridge/desktop.ts'
import { useConnections } from '../bridge/queries.ts'
import { useIsAdmin, useIsPresent } from '../bridge/session.ts'
import { useSharing } from '../bridge/team-queries.ts'
import { Button } from '../components/button.tsx'
import { DropZone } from '../features/models/drop-zone.tsx'
import { ImportDialog } from '../features/models/import-dialog.tsx'
import { listenForShortcuts, useShortcut } from '../page/shortcuts.ts'
import { CheatSheet } from './cheat-sheet.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { StatusStrip } from './status-strip.tsx'

export type PageName = 'chat' | 'models' | 'backends' | 'team' | 'settings' | 'welcome'

/** `machine`: manages the machine, so for administrators. */
const PAGES: readonly { page: PageName; href: string; Icon: LucideIcon; machine?: true }[] = [
  { page: 'chat', href: '/chat', Icon: MessageSquare },
  { page: 'models', href: '/models', Icon: Layers },
  { page: 'backends', href: '/backends', Icon: Waypoints, machine: true },
  { page: 'team', href: '/team', Icon: Users },
  { page: 'settings', href: '/settings', Icon: SlidersHorizontal, machine: true },
]

/** Rail, page and status strip. `bare` leaves the rail out (first run). */
export function Shell({ page, bare, children }: { page: PageName | null; bare?: boolean; children: ReactNode }) {
  const { t } = useTranslation('app')
  const [location] = useLocation()
  const [help, setHelp] = useState(false)
  const admin = useIsAdmin()
  const present = useIsPresent()
  // Below the sign-in page the app is kept, but does not act.
  useEffect(() => (present ? listenForShortcuts() : undefined), [present])
  useShortcut({ keys: '?', group: 'everywhere', label: t('keys.help'), run: () => setHelp(true) })
  return (
    <div className={bare ? 'app first' : 'app'}>
      {bare ? null : <Rail page={page} />}
      <ErrorBoundary resetKey={location}>{children}</ErrorBoundary>
      <StatusStrip bare={bare ?? false} />
      <CheatSheet open={help} onOpenChange={setHelp} />
      {admin ? (
        <>
          <DropZone />
          <ImportDialog />
        </>
      ) : null}
    </div>
  )
}

function Rail({ page }: { page: PageName | null }) {
  const { t } = useTranslation('app')
  const [, navigate] = useLocation()
  // A browser keeps Ctrl+1 for its tabs.
  const chord = desktop() === null ? 'Alt' : 'Mod'
  useShortcut({ keys: `${chord}+1`, group: 'everywhere', label: t('page.chat'), run: () => navigate('/chat') })
  useShortcut({ keys: `${chord}+2`, group: 'everywhere', label: t('page.models'), run: () => navigate('/models') })
  useShortcut({ keys: `${chord}+6`, group: 'everywhere', label: t('page.team'), run: () => navigate('/team') })
  const admin = useIsAdmin()
  return (
    <nav className="rail" aria-label={t('pages')}>
      {admin ? <MachineShortcuts chord={chord} /> : null}
      {/* A button, because the address is the route. */}
      <Button className="skip" onClick={() => document.getElementById('main')?.focus()}>
        {t('skip')}
      </Button>
      {PAGES.filter(({ machine }) => admin || machine !== true).map(({ page: name, href, Icon }) => (
        <RailLink key={name} name={name} href={href} current={page === name}>
          <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
          {t(`page.${name}`)}
          {name === 'backends' ? <DownMark /> : null}
          {name === 'team' ? <SharingMark /> : null}
        </RailLink>
      ))}
    </nav>
  )
}

function RailLink({
  name,
  href,
  current,
  children,
}: {
  name: PageName
  href: string
  current: boolean
  children: ReactNode
}) {
  return (
    <>
      {name === 'settings' ? <span className="gap" /> : null}
      <Link href={href} {...(current ? { 'aria-current': 'page' as const } : {})}>
        {children}
      </Link>
    </>
  )
}

function MachineShortcuts({ chord }: { chord: 'Alt' | 'Mod' }) {
  const { t } = useTranslation('app')
  const [, navigate] = useLocation()
  useShortcut({ keys: `${chord}+3`, group: 'everywhere', label: t('page.backends'), run: () => navigate('/backends') })
  useShortcut({ keys: 'Mod+,', group: 'everywhere', label: t('page.settings'), run: () => navigate('/settings') })
  return null
}

/** Steady while others on the network can reach this Switchyard. */
function SharingMark() {
  const { t } = useTranslation('team')
  if (useSharing().data?.state !== 'on') return null
  return (
    <>
      <span className="dot near" title={t('dot')} aria-hidden="true" />
      <span className="sr">, {t('dot')}</span>
    </>
  )
}

/** The mark of a connection that answers nobody. */
function DownMark() {
  const { t } = useTranslation('app')
  const views = useConnections().data ?? []
  const count = views.filter(({ health }) => health.state === 'down' || health.state === 'auth-failed').length
  if (count === 0) return null
  const words = t('status.connectionsDown', { count })
  return (
    <>
      <span className="dot" title={words} aria-hidden="true" />
      <span className="sr">, {words}</span>
    </>
  )
}
