import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Redirect, Route, Switch } from 'wouter'
import { client } from '../bridge/client.ts'
import { queryKeys, useSettings } from '../bridge/queries.ts'
import { EmptyState } from '../components/empty-state.tsx'
import { useAppearance } from './appearance.ts'
import { Shell } from './shell.tsx'

const BackendsPage = lazy(async () => ({
  default: (await import('../features/backends/backends-page.tsx')).BackendsPage,
}))
const ChatPage = lazy(async () => ({ default: (await import('../features/chat/chat-page.tsx')).ChatPage }))
const ModelsPage = lazy(async () => ({ default: (await import('../features/models/models-page.tsx')).ModelsPage }))
const OllamaPage = lazy(async () => ({ default: (await import('../features/ollama/ollama-page.tsx')).OllamaPage }))
const SettingsPage = lazy(async () => ({
  default: (await import('../features/settings/settings-page.tsx')).SettingsPage,
}))
const WelcomePage = lazy(async () => ({
  default: (await import('../features/first-run/welcome-page.tsx')).WelcomePage,
}))

/** Which page is shown: #/chat, #/chat/:id, #/models, #/backends, #/backends/:id/models, #/settings, #/welcome; anything else says so. */
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
            <ModelsPage />
          </Loaded>
        </Shell>
      </Route>
      <Route path="/backends">
        <Shell page="backends">
          <Loaded>
            <BackendsPage />
          </Loaded>
        </Shell>
      </Route>
      <Route path="/backends/:connectionId/models">
        {(params) => (
          <Shell page="backends">
            <Loaded>
              <OllamaPage connectionId={params.connectionId} />
            </Loaded>
          </Shell>
        )}
      </Route>
      <Route path="/settings">
        <Shell page="settings">
          <Loaded>
            <SettingsPage />
          </Loaded>
        </Shell>
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
  return <Suspense fallback={<div className="page" aria-busy="true" />}>{children}</Suspense>
}

/** The way in: the welcome page for someone who has neither seen it nor has any conversation, else the chat. */
function Start() {
  const settings = useSettings()
  const chats = useQuery({
    queryKey: [...queryKeys.conversations, 'any'],
    queryFn: () => client.chats.list({ limit: 1 }),
  })
  if (settings.data?.values.welcomed || (chats.data?.length ?? 0) > 0) return <Redirect to="/chat" replace />
  if (settings.data !== undefined && chats.data !== undefined) return <Redirect to="/welcome" replace />
  return (
    <Shell page={null}>
      <div className="page" aria-busy="true" />
    </Shell>
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
