import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { app as enApp } from './en/app.ts'
import { backends as enBackends } from './en/backends.ts'
import { chat as enChat } from './en/chat.ts'
import { errors as enErrors } from './en/errors.ts'
import { jobs as enJobs } from './en/jobs.ts'
import { models as enModels } from './en/models.ts'
import { ollama as enOllama } from './en/ollama.ts'
import { presets as enPresets } from './en/presets.ts'
import { settings as enSettings } from './en/settings.ts'
import { signIn as enSignIn } from './en/sign-in.ts'
import { team as enTeam } from './en/team.ts'
import { welcome as enWelcome } from './en/welcome.ts'
import { app as zhApp } from './zh/app.ts'
import { backends as zhBackends } from './zh/backends.ts'
import { chat as zhChat } from './zh/chat.ts'
import { errors as zhErrors } from './zh/errors.ts'
import { jobs as zhJobs } from './zh/jobs.ts'
import { models as zhModels } from './zh/models.ts'
import { ollama as zhOllama } from './zh/ollama.ts'
import { presets as zhPresets } from './zh/presets.ts'
import { settings as zhSettings } from './zh/settings.ts'
import { signIn as zhSignIn } from './zh/sign-in.ts'
import { team as zhTeam } from './zh/team.ts'
import { welcome as zhWelcome } from './zh/welcome.ts'

/** English is the source: every other language has the same keys. */
export const en = {
  app: enApp,
  backends: enBackends,
  chat: enChat,
  errors: enErrors,
  jobs: enJobs,
  models: enModels,
  ollama: enOllama,
  presets: enPresets,
  settings: enSettings,
  signIn: enSignIn,
  team: enTeam,
  welcome: enWelcome,
} as const

export const zh = {
  app: zhApp,
  backends: zhBackends,
  chat: zhChat,
  errors: zhErrors,
  jobs: zhJobs,
  models: zhModels,
  ollama: zhOllama,
  presets: zhPresets,
  settings: zhSettings,
  signIn: zhSignIn,
  team: zhTeam,
  welcome: zhWelcome,
} as const

export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: typeof en
  }
}

/** The language to show: the setting, or for `system` the first of the person's languages that we have. */
export function pickLanguage(setting: 'system' | Language, preferred: readonly string[]): Language {
  if (setting !== 'system') return setting
  for (const tag of preferred) {
    const base = tag.toLowerCase().split('-')[0]
    const known = LANGUAGES.find((language) => language === base)
    if (known !== undefined) return known
  }
  return 'en'
}

/** A ready i18next with both languages inside the bundle. */
export function createI18n(language: Language): i18n {
  const instance = createInstance()
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    supportedLngs: [...LANGUAGES],
    ns: Object.keys(en),
    defaultNS: 'app',
    resources: { en, zh },
    interpolation: { escapeValue: false },
    initAsync: false,
    returnNull: false,
  })
  return instance
}
