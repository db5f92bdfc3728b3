import { type RenderResult, render } from '@testing-library/react'
import { onTestFinished } from 'vitest'
import { App } from '../../../src/renderer/app/app.tsx'
import { client, reopen, setLink } from '../../../src/renderer/bridge/client.ts'
import { startFollowing } from '../../../src/renderer/bridge/engine-events.ts'
import { createQueryClient } from '../../../src/renderer/bridge/queries.ts'
import { rememberSession, setSessionSource, useSessionStore } from '../../../src/renderer/bridge/session.ts'
import { useBackendsStore } from '../../../src/renderer/features/backends/backends-store.ts'
import { useTestRuns } from '../../../src/renderer/features/backends/test-runs.ts'
import { useConnectionActionStore } from '../../../src/renderer/features/backends/use-connection-actions.ts'
import { useChatUi } from '../../../src/renderer/features/chat/chat-ui-store.ts'
import { useImportStore } from '../../../src/renderer/features/models/import-store.ts'
import { useModelsStore } from '../../../src/renderer/features/models/models-store.ts'
import { useModelActionStore } from '../../../src/renderer/features/models/use-model-actions.ts'
import { useJobsStore } from '../../../src/renderer/features/ollama/jobs-store.ts'
import { useOllamaStore } from '../../../src/renderer/features/ollama/ollama-store.ts'
import { useUploadStore } from '../../../src/renderer/features/ollama/upload-store.ts'
import { usePresetsStore } from '../../../src/renderer/features/presets/presets-store.ts'
import { usePresetActionStore } from '../../../src/renderer/features/presets/use-preset-actions.ts'
import { createI18n, type Language } from '../../../src/renderer/i18n/setup.ts'
import { useConnectionStore } from '../../../src/renderer/stores/connection-store.ts'
import type { MockEngine } from './mock-engine.ts'

/** Shows the whole window at a page, over an engine in memory. Stores start fresh; all stops with the test. */
export function renderApp(engine: MockEngine, path: string, language: Language = 'en'): RenderResult {
  useBackendsStore.setState(useBackendsStore.getInitialState(), true)
  useTestRuns.setState(useTestRuns.getInitialState(), true)
  useConnectionActionStore.setState(useConnectionActionStore.getInitialState(), true)
  useImportStore.setState(useImportStore.getInitialState(), true)
  useModelsStore.setState(useModelsStore.getInitialState(), true)
  useModelActionStore.setState(useModelActionStore.getInitialState(), true)
  useJobsStore.setState(useJobsStore.getInitialState(), true)
  useOllamaStore.setState(useOllamaStore.getInitialState(), true)
  useUploadStore.setState(useUploadStore.getInitialState(), true)
  usePresetsStore.setState(usePresetsStore.getInitialState(), true)
  usePresetActionStore.setState(usePresetActionStore.getInitialState(), true)
  useChatUi.setState(useChatUi.getInitialState(), true)
  useConnectionStore.setState(useConnectionStore.getInitialState(), true)
  engine.state.settings = { ...engine.state.settings, language }
  setLink(async () => engine.link)
  setSessionSource({ ask: () => client.team.session(), startOver: () => undefined })
  // Already asked, so that a test sees its page at once.
  useSessionStore.setState(useSessionStore.getInitialState(), true)
  rememberSession(engine.state.session)
  location.hash = path
  const queries = createQueryClient()
  const stop = startFollowing(queries)
  onTestFinished(() => {
    stop()
    queries.clear()
    reopen()
    location.hash = ''
  })
  return render(<App queries={queries} i18n={createI18n(language)} />)
}
