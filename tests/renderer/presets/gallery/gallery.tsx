import '../../../../src/renderer/styles/app.css'
import { createRoot } from 'react-dom/client'
import { App } from '../../../../src/renderer/app/app.tsx'
import { client, setLink } from '../../../../src/renderer/bridge/client.ts'
import { startFollowing } from '../../../../src/renderer/bridge/engine-events.ts'
import { createQueryClient } from '../../../../src/renderer/bridge/queries.ts'
import { setSessionSource } from '../../../../src/renderer/bridge/session.ts'
import { createI18n } from '../../../../src/renderer/i18n/setup.ts'
import { presetScene } from './preset-scenes.ts'

/** The real window over presets in memory. `?scene=many&theme=dark&lang=zh#/models/presets` sets it up. */
const query = new URLSearchParams(location.search)
const engine = presetScene(query.get('scene') ?? 'some')
const theme = query.get('theme')
const language = query.get('lang') === 'zh' ? 'zh' : 'en'
engine.state.settings = {
  ...engine.state.settings,
  theme: theme === 'light' || theme === 'dark' ? theme : 'system',
  language,
}
setLink(async () => engine.link)
setSessionSource({ ask: () => client.team.session(), startOver: () => location.reload() })
const queries = createQueryClient()
startFollowing(queries)
const root = document.getElementById('root')
if (root !== null) createRoot(root).render(<App queries={queries} i18n={createI18n(language)} />)
