import './styles/app.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { rememberedTheme, showTheme } from './app/appearance.ts'
import { startFollowing } from './bridge/engine-events.ts'
import { createQueryClient } from './bridge/queries.ts'
import { createI18n, pickLanguage } from './i18n/setup.ts'

const queries = createQueryClient()
const i18n = createI18n(pickLanguage('system', navigator.languages))
showTheme(rememberedTheme())
startFollowing(queries)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(<App queries={queries} i18n={i18n} />)
