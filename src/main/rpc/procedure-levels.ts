import type { Contract } from '#shared/contract.ts'

/**
 * Who may call a procedure at all; what they may do with it is the engine's rule.
 * - `public`: anyone
 * - `signed-in`: also people who wait for approval
 * - `member`: people who may use the app
 * - `admin`: administrators and the owner
 */
export type ProcedureLevel = 'public' | 'signed-in' | 'member' | 'admin'

type Levels = { readonly [Area in keyof Contract]: { readonly [Name in keyof Contract[Area]]: ProcedureLevel } }

/** One line for every procedure of the contract; what has none is for nobody. */
export const PROCEDURE_LEVELS: Levels = {
  app: { info: 'member', status: 'member', events: 'member' },
  models: {
    catalog: 'member',
    files: 'admin',
    add: 'admin',
    forget: 'admin',
    load: 'admin',
    unload: 'admin',
    setOptions: 'admin',
    recheck: 'admin',
    validate: 'admin',
    updateLoaded: 'admin',
    metrics: 'admin',
    metadata: 'admin',
    saveMetadata: 'admin',
  },
  presets: {
    list: 'member',
    get: 'member',
    tags: 'member',
    create: 'member',
    update: 'member',
    setActive: 'member',
    setGrants: 'member',
    setVisibility: 'admin',
    remove: 'member',
    importFile: 'member',
    exportFile: 'member',
    missingBases: 'member',
    rebind: 'member',
    history: 'member',
    revert: 'member',
    parameters: 'member',
    effective: 'member',
    tryOut: 'member',
    templates: 'member',
    saveTemplate: 'member',
    removeTemplate: 'member',
    previewTemplate: 'member',
    exportTemplates: 'member',
    importTemplates: 'member',
    defaults: 'member',
    setDefaults: 'admin',
  },
  team: {
    session: 'public',
    people: 'admin',
    directory: 'member',
    addPerson: 'admin',
    updatePerson: 'admin',
    removePerson: 'admin',
    // One's own; an administrator's may be another's.
    signOutEverywhere: 'signed-in',
    sessions: 'signed-in',
    viewAs: 'admin',
    groups: 'admin',
    members: 'admin',
    createGroup: 'admin',
    updateGroup: 'admin',
    removeGroup: 'admin',
    setMembers: 'admin',
    keys: 'member',
    createKey: 'member',
    revokeKey: 'member',
    invites: 'admin',
    createInvite: 'admin',
    revokeInvite: 'admin',
    settings: 'admin',
    setSettings: 'admin',
    oauthProviders: 'admin',
    saveOauthProvider: 'admin',
    removeOauthProvider: 'admin',
  },
  sharing: { state: 'admin', update: 'admin' },
  chats: {
    list: 'member',
    create: 'member',
    update: 'member',
    saveDraft: 'member',
    remove: 'member',
    restore: 'member',
    thread: 'member',
    range: 'member',
    selectBranch: 'member',
    send: 'member',
    image: 'member',
    regenerate: 'member',
    stop: 'member',
    removeMessage: 'member',
    restoreMessage: 'member',
    watch: 'member',
    search: 'member',
  },
  connections: {
    list: 'admin',
    create: 'admin',
    update: 'admin',
    setEnabled: 'admin',
    remove: 'admin',
    reorder: 'admin',
    refresh: 'admin',
    test: 'admin',
  },
  ollama: { models: 'admin', details: 'admin', unload: 'admin', copy: 'admin', remove: 'admin' },
  jobs: {
    list: 'admin',
    pull: 'admin',
    push: 'admin',
    create: 'admin',
    upload: 'admin',
    updateAll: 'admin',
    cancel: 'admin',
    resume: 'admin',
    dismiss: 'admin',
  },
  // People who wait see the page in their language; members see what their window needs.
  settings: { get: 'signed-in', update: 'admin' },
}

/** The level of a procedure by its path; null for one that does not exist. */
export function levelOf(path: readonly string[]): ProcedureLevel | null {
  const [area = '', name = '', ...rest] = path
  if (rest.length > 0 || !Object.hasOwn(PROCEDURE_LEVELS, area)) return null
  const levels: Readonly<Record<string, ProcedureLevel>> = PROCEDURE_LEVELS[area as keyof Levels]
  return Object.hasOwn(levels, name) ? (levels[name] ?? null) : null
}
