import { useMe } from '../../bridge/session.ts'

export interface Rights {
  /** Id of whoever looks; null until it is known. */
  me: string | null
  make: boolean
  importFiles: boolean
  exportFiles: boolean
  /** To everyone signed in. */
  publish: boolean
  sharePeople: boolean
  shareGroups: boolean
}

/** What this person may do with models. The engine has the last word; until it is known who this is nothing is held back. */
export function useRights(): Rights {
  const me = useMe()
  const all = me === null || me.isOwner || me.role === 'admin'
  const given = me?.permissions
  return {
    me: me?.id ?? null,
    make: all || given?.workspace.models === true,
    importFiles: all || given?.workspace.models_import === true,
    exportFiles: all || given?.workspace.models_export === true,
    publish: all || given?.sharing.public_models === true,
    sharePeople: all || given?.access_grants.allow_users === true,
    shareGroups: all || given?.access_grants.allow_groups === true,
  }
}
