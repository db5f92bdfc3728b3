import { CSPProvider } from '@base-ui/react/csp-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { i18n } from 'i18next'
import { I18nextProvider } from 'react-i18next'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { Announcer } from '../components/announcer.tsx'
import { Toasts } from '../components/toasts.tsx'
import { SessionGate } from '../features/sign-in/session-gate.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Routes } from './routes.tsx'

/** The window: providers around the gate, and the routes behind it. */
export function App({ queries, i18n }: { queries: QueryClient; i18n: i18n }) {
  return (
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={queries}>
        {/* The page's CSP allows no injected <style>. */}
        <CSPProvider disableStyleElements>
          <Tooltip.Provider delay={500}>
            <Router hook={useHashLocation}>
              <ErrorBoundary resetKey="app">
                <SessionGate>
                  <Routes />
                </SessionGate>
              </ErrorBoundary>
            </Router>
            <Toasts />
            <Announcer />
          </Tooltip.Provider>
        </CSPProvider>
      </QueryClientProvider>
    </I18nextProvider>
  )
}
