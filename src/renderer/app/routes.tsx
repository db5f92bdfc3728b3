import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Redirect, Route, Switch } from 'wouter'
import { client } from '../bridge/client.ts'
import { queryKeys, useSettings } from '../bridge/queries.ts'
import { useIsAdmin, useMe } from '../bridge/session.ts'
import { EmptyState } from '../components/empty-state.tsx'
import { AlreadyInPage } from '../features/sign-in/already-in-page.tsx'
import { useAppearance } from './appearance.ts'
import { Shell } from './shell.tsx'

const BackendsPage = lazy(async () => ({
  default: (await import('../features/backends/backends-page.tsx')).BackendsPage,
}))
const ChatPage = lazy(async () => ({ default: (await import('../features/chat/chat-page.tsx')).ChatPage }))
const ModelsPage = lazy(async () => ({ default: (await import('../features/models/models-page.tsx')).ModelsPage }))
const OllamaPage = lazy(async () => ({ default: (await import('../features/ollama/ollama-page.tsx')).OllamaPage }))
const PresetsPage = lazy(async () => ({
  default: (await import('../features/presets/presets-page.tsx')).PresetsPage,
}))
const PresetEditorPage = lazy(async () => ({
  default: (await import('../features/presets/preset-editor-page.tsx')).PresetEditorPage,
}))
const SettingsPage = lazy(async () => ({
  default: (await import('../features/settings/settings-page.tsx')).SettingsPage,
}))
const TeamPage = lazy(async () => ({ default: (await import('../features/team/team-page.tsx')).TeamPage }))
const WelcomePage = lazy(async () => ({
  default: (await import('../features/first-run/welcome-page.tsx')).WelcomePage,
}))

/** Which page is shown: #/chat, #/chat/:id, #/models, #/models/presets, #/models/presets/:id, #/backends, #/backends/:id/models, #/team, #/team/:section, #/settings, #/welcome, #/join/:secret; anything else says so. */
export function Routes() {
  useAppearance()
  return (
    <Switch>
      <Route path="/">
        <Start />
      </Route>
      <Route path="/welcome">
        <Shell bare page="welcome">
          <Loaded>
            <WelcomePage />
          </Loaded>
        </Shell>
      </Route>
      <Route path="/chat/:id?">
        {(params) => (
          <Shell page="chat">
            <Loaded>
              <ChatPage conversationId={params.id ?? null} />
            </Loaded>
          </Shell>
        )}
      </Route>
      <Route path="/models">
        <Shell page="models">
          <Loaded>
            <MachineModels />
          </Loaded>
        </Shell>
      </Route>
      <Route path="/models/presets">
        <Shell page="models">
          <Loaded>
            <PresetsPage />
          </Loaded>
        </Shell>
      </Route>
      <Route path="/models/presets/:id">
        <Shell page="models">
          <Loaded>
            <PresetEditorPage />
          </Loaded>
        </Shell>
      </Route>
      <Route path="/backends">
        <Shell page="backends">
          <Loaded>
            <ForAdmins what="backends">
              <BackendsPage />
            </ForAdmins>
          </Loaded>
        </Shell>
      </Route>
      <Route path="/backends/:connectionId/models">
        {(params) => (
          <Shell page="backends">
            <Loaded>
              <ForAdmins what="backends">
                <OllamaPage connectionId={params.connectionId} />
              </ForAdmins>
            </Loaded>
          </Shell>
        )}
      </Route>
      <Route path="/settings">
        <Shell page="settings">
          <Loaded>
            <ForAdmins what="settings">
              <SettingsPage />
            </ForAdmins>
          </Loaded>
        </Shell>
      </Route>
      <Route path="/team/:section?">
        {(params) => (
          <Shell page="team">
            <Loaded>
              <TeamPage section={params.section ?? null} />
            </Loaded>
          </Shell>
        )}
      </Route>
      {/* Who is in has no use for the visitors' pages; the gate shows them to everyone else. */}
      <Route path="/join/:secret?">
        <AlreadyIn />
      </Route>
      <Route path="/sign-in">
        <Redirect to="/" replace />
      </Route>
      <Route path="/pending">
        <Redirect to="/" replace />
      </Route>
      <Route>
        <Shell page={null}>
          <NotFound />
        </Shell>
      </Route>
    </Switch>
  )
}

function Loaded({ children }: { children: ReactNode }) {
  return <Suspense fallback={<main className="page" id="main" aria-busy="true" />}>{children}</Suspense>
}

/** The way in: the welcome page for someone who has neither seen it nor has any conversation, else the chat. */
function Start() {
  const admin = useIsAdmin()
  const settings = useSettings()
  const chats = useQuery({
    queryKey: [...queryKeys.conversations, 'any'],
    queryFn: () => client.chats.list({ limit: 1 }),
  })
  // The first run is about this machine; who joins a running one comes to chat.
  if (!admin) return <Redirect to="/chat" replace />
  if (settings.data?.values.welcomed || (chats.data?.length ?? 0) > 0) return <Redirect to="/chat" replace />
  if (settings.data !== undefined && chats.data !== undefined) return <Redirect to="/welcome" replace />
  return (
    <Shell page={null}>
      <div className="page" aria-busy="true" />
    </Shell>
  )
}

/** The files of this machine; who does not manage it is shown the models that people made. */
function MachineModels() {
  return useIsAdmin() ? <ModelsPage /> : <Redirect to="/models/presets" replace />
}

function AlreadyIn() {
  const me = useMe()
  return me === null ? null : <AlreadyInPage me={me} />
}

/** A page that manages the machine; for the others it says so. */
function ForAdmins({ what, children }: { what: 'backends' | 'settings'; children: ReactNode }) {
  const { t } = useTranslation(['app', 'team'])
  if (useIsAdmin()) return children
  return (
    <main className="page" id="main" tabIndex={-1}>
      <header className="head">
        <h1>{t(`app:page.${what}`)}</h1>
      </header>
      <div className="scroll pad pt-4">
        <EmptyState sentence={t(`team:notYours.${what}`)}>
          <Link href="/chat" className="btn">
            {t('team:notYours.back')}
          </Link>
        </EmptyState>
      </div>
    </main>
  )
}

function NotFound() {
  const { t } = useTranslation('app')
  return (
    <main className="page" id="main">
      <header className="head" />
      <div className="scroll pad">
        <EmptyState sentence={t('notFound.title')}>
          <Link href="/chat" className="btn">
            {t('notFound.back')}
          </Link>
        </EmptyState>
      </div>
    </main>
  )
}
