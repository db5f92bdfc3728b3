import './team.css'
import '../sign-in/sign-in.css'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { type Me, useIsAdmin, useMe } from '../../bridge/session.ts'
import { usePendingPeople } from '../../bridge/team-queries.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { useTitle } from '../../page/use-title.ts'
import { GroupsSection } from './groups-section.tsx'
import { InvitesSection } from './invites-section.tsx'
import { JoiningSection } from './joining-section.tsx'
import { KeysSection } from './keys-section.tsx'
import { PeopleSection } from './people-section.tsx'
import { SharingSection } from './sharing-section.tsx'
import { YouSection } from './you-section.tsx'

const SECTIONS = ['sharing', 'people', 'groups', 'invites', 'joining', 'you', 'keys'] as const
type Section = (typeof SECTIONS)[number]

/** Sections of this person: administrators manage, everyone has their own keys and, with an account, themselves. */
function sectionsFor(me: Me, admin: boolean): readonly Section[] {
  return SECTIONS.filter((section) => {
    if (section === 'you') return !me.isOwner
    return admin || section === 'keys'
  })
}

/** The Team page: who shares this Switchyard, and how. Members see their own part of it. */
export function TeamPage({ section: asked }: { section: string | null }) {
  const { t } = useTranslation(['team', 'app'])
  const me = useMe()
  const admin = useIsAdmin()
  useTitle(t('app:page.team'))
  if (me === null) return null
  const sections = sectionsFor(me, admin)
  const fallback = admin ? 'sharing' : 'you'
  const known = SECTIONS.find((one) => one === asked) ?? fallback
  const allowed = sections.includes(known)
  return (
    <div className="page team">
      <header className="head team-head">
        <h1>{t('team:title')}</h1>
        <nav className="tabs" aria-label={t('team:sections')}>
          {sections.map((one) => (
            <Link
              key={one}
              href={one === fallback ? '/team' : `/team/${one}`}
              {...(one === known ? { 'aria-current': 'page' as const } : {})}
            >
              {t(`team:section.${one}`)}
              {one === 'people' ? <WaitingCount /> : null}
            </Link>
          ))}
        </nav>
      </header>
      {allowed ? <SectionView section={known} /> : <NotForMembers />}
    </div>
  )
}

function SectionView({ section }: { section: Section }) {
  switch (section) {
    case 'sharing':
      return <SharingSection />
    case 'people':
      return <PeopleSection />
    case 'groups':
      return <GroupsSection />
    case 'invites':
      return <InvitesSection />
    case 'keys':
      return <KeysSection />
    case 'joining':
      return <JoiningSection />
    case 'you':
      return <YouSection />
  }
}

function WaitingCount() {
  const { t } = useTranslation('team')
  const count = usePendingPeople().data?.length ?? 0
  if (count === 0) return null
  return (
    <span className="n">
      <span className="sr">, {t('waiting', { count })}</span>
      <span aria-hidden="true">{count}</span>
    </span>
  )
}

function NotForMembers() {
  const { t } = useTranslation('team')
  return (
    <main className="scroll pad pt-4" id="main" tabIndex={-1}>
      <EmptyState sentence={t('adminsOnly')}>
        <Link href="/team/you" className="btn">
          {t('section.you')}
        </Link>
      </EmptyState>
    </main>
  )
}
