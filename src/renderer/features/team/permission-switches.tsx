import { useTranslation } from 'react-i18next'
import type { Permissions } from '#shared/access.ts'
import { SwitchRow } from './switch.tsx'

/** Every permission by its place in the record, in the order in which they are shown. */
const RIGHTS = [
  ['workspace', 'models'],
  ['workspace', 'models_import'],
  ['workspace', 'models_export'],
  ['sharing', 'models'],
  ['sharing', 'public_models'],
  ['access_grants', 'allow_users'],
  ['access_grants', 'allow_groups'],
  ['features', 'api_keys'],
] as const

export const NO_PERMISSIONS: Permissions = {
  workspace: { models: false, models_import: false, models_export: false },
  sharing: { models: false, public_models: false },
  access_grants: { allow_users: false, allow_groups: false },
  features: { api_keys: false },
}

function read(permissions: Permissions, area: string, right: string): boolean {
  const inside: Readonly<Record<string, Readonly<Record<string, boolean>>>> = permissions
  return inside[area]?.[right] === true
}

/** Permissions as plain sentences. What everyone may do anyway is said, and cannot be taken away here. */
export function PermissionSwitches({
  permissions,
  everyone,
  onChange,
  disabled,
}: {
  permissions: Permissions
  /** What everyone who signed in may do; null where just that is edited. */
  everyone: Permissions | null
  onChange: (permissions: Permissions) => void
  disabled?: boolean | undefined
}) {
  const { t } = useTranslation('team')
  return RIGHTS.map(([area, right]) => {
    const given = everyone !== null && read(everyone, area, right)
    return (
      <SwitchRow
        key={`${area}.${right}`}
        words={t(`permission.${area}.${right}` as 'permission.workspace.models')}
        hint={given ? t('permission.everyone') : undefined}
        on={given || read(permissions, area, right)}
        disabled={disabled || given}
        onChange={(on) => onChange({ ...permissions, [area]: { ...permissions[area], [right]: on } })}
      />
    )
  })
}
