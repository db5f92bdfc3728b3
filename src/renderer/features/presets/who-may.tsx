import { useTranslation } from 'react-i18next'
import { EVERYONE, type Grant } from '#shared/access.ts'
import { useMe } from '../../bridge/session.ts'
import { useDirectory } from '../../bridge/team-queries.ts'

/** Whether every signed-in person may use it. */
export function isPublic(grants: readonly Grant[]): boolean {
  return grants.some((grant) => grant.principalType === 'user' && grant.principalId === EVERYONE && reads(grant))
}

function reads(grant: Grant): boolean {
  return grant.permission === 'read'
}

/** Who may use a model, in few words: `everyone`, `only you`, `Platform, 3 people`. */
export function WhoMay({
  grants,
  ownerId,
  ownerName,
}: {
  grants: readonly Grant[]
  ownerId: string
  ownerName: string
}) {
  const { t, i18n } = useTranslation('presets')
  const me = useMe()
  const groups = useDirectory().data?.groups ?? []
  if (grants.some((grant) => grant.principalType === 'anyone' && reads(grant))) return t('who.anyone')
  if (isPublic(grants)) return t('who.everyone')
  const groupIds = idsOf(grants, 'group')
  const people = idsOf(grants, 'user').length
  // Two names say more than a number; more than that is a list.
  const names = groupIds.map((id) => groups.find((group) => group.id === id)?.name)
  const known = names.filter((name) => name !== undefined)
  const groupWords =
    known.length === groupIds.length && known.length <= 2 ? known : [t('who.groups', { count: groupIds.length })]
  const words = [
    ...(groupIds.length === 0 ? [] : groupWords),
    ...(people === 0 ? [] : [t('who.people', { count: people })]),
  ]
  if (words.length > 0) return words.join(i18n.language.startsWith('zh') ? '、' : ', ')
  return <span className="m">{ownerId === me?.id ? t('who.private') : t('who.privateOf', { name: ownerName })}</span>
}

function idsOf(grants: readonly Grant[], type: 'user' | 'group'): string[] {
  return [
    ...new Set(grants.filter((grant) => grant.principalType === type && reads(grant)).map((one) => one.principalId)),
  ]
}
