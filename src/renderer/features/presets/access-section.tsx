import { Combobox } from '@base-ui/react/combobox'
import { Plus, User, Users, X } from 'lucide-react'
import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Grant, OWNER_ID } from '#shared/access.ts'
import { useDirectory } from '../../bridge/team-queries.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { Select } from '../../components/select.tsx'
import { type Holder, holdersOf, type Right, withEveryone, withRight } from './grants.ts'
import type { PresetDraft } from './preset-draft.ts'
import { complaintAt, type Refusal } from './refusal.ts'
import type { PatchDraft } from './use-draft.ts'
import { useRights } from './use-rights.ts'
import { isPublic } from './who-may.tsx'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const
const RIGHTS = ['read', 'write', 'both'] as const
/** Rows of the list of people; more are found by typing. */
const SHOWN = 50

interface Candidate {
  type: 'user' | 'group'
  id: string
  name: string
  hint: string
}

/** Who may use and edit the model: everyone, or people and groups one by one. */
export const AccessSection = memo(function AccessSection({
  grants,
  owner,
  refusal,
  patch,
}: Pick<PresetDraft, 'grants'> & {
  /** Null for a model that is not made yet: it will be one's own. */
  owner: { id: string; name: string } | null
  refusal: Refusal | null
  patch: PatchDraft
}) {
  const { t } = useTranslation('presets')
  const rights = useRights()
  const directory = useDirectory().data
  const complaint = complaintAt(refusal, 'grants')
  const everyone = isPublic(grants)
  const mine = owner === null || owner.id === rights.me || (rights.me === null && owner.id === OWNER_ID)

  function change(next: (grants: readonly Grant[]) => Grant[]): void {
    patch((draft) => ({ ...draft, grants: next(draft.grants) }))
  }
  function nameOf({ type, id }: Omit<Holder, 'right'>): string {
    if (type === 'anyone') return t('who.anyone')
    if (type === 'user' && id === '*') return t('who.everyone')
    const known = type === 'group' ? directory?.groups : directory?.people
    return known?.find((one) => one.id === id)?.name ?? (directory === undefined ? id : t('access.unknown'))
  }

  return (
    <section className="sect" aria-label={t('section.access')} data-field="grants">
      <div className="sect-head">
        <h2>{t('section.access')}</h2>
        <span className="end">
          <AddHolder
            grants={grants}
            people={rights.sharePeople}
            groups={rights.shareGroups}
            onAdd={(one) => change((all) => withRight(all, one, 'read'))}
          />
        </span>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={everyone}
          disabled={!rights.publish && !everyone}
          onChange={(event) => {
            const checked = event.target.checked
            change((all) => withEveryone(all, checked))
          }}
        />
        {t('access.everyone')}
      </label>
      {rights.publish ? null : <p className="s m">{t('access.everyoneNot')}</p>}
      <ul className="holders">
        <li>
          <User {...icon} />
          <span className="grow cut">{mine ? t('access.you') : owner.name}</span>
          <span className="m">{t('access.owner')}</span>
        </li>
        {holdersOf(grants).map((holder) => {
          const name = nameOf(holder)
          return (
            <li key={`${holder.type}:${holder.id}`}>
              {holder.type === 'group' ? <Users {...icon} /> : <User {...icon} />}
              <span className="grow cut">{name}</span>
              <Select<Right>
                quiet
                label={t('access.rights', { name })}
                value={holder.right}
                options={RIGHTS.map((value) => ({ value, label: t(`access.right.${value}`) }))}
                onChange={(right) => change((all) => withRight(all, holder, right))}
              />
              <IconButton
                label={t('access.remove', { name })}
                icon={<X {...icon} />}
                onClick={() => change((all) => withRight(all, holder, null))}
              />
            </li>
          )
        })}
      </ul>
      {complaint === null ? null : (
        <p className="s bad" role="alert">
          {complaint}
        </p>
      )}
      {grants.length === 0 ? null : <p className="s m">{t('access.base')}</p>}
    </section>
  )
})

/** A searchable list of people and groups that have no rights yet. */
function AddHolder({
  grants,
  people,
  groups,
  onAdd,
}: {
  grants: readonly Grant[]
  people: boolean
  groups: boolean
  onAdd: (holder: Omit<Holder, 'right'>) => void
}) {
  const { t } = useTranslation('presets')
  const directory = useDirectory().data
  const [query, setQuery] = useState('')
  const candidates = useMemo((): Candidate[] => {
    const taken = new Set(grants.map((grant) => `${grant.principalType}:${grant.principalId}`))
    const all: Candidate[] = [
      ...(groups ? (directory?.groups ?? []) : []).map(
        ({ id, name, memberCount }): Candidate => ({
          type: 'group',
          id,
          name,
          hint: t('access.group', { count: memberCount }),
        }),
      ),
      ...(people ? (directory?.people ?? []) : []).map(
        ({ id, name, email }): Candidate => ({ type: 'user', id, name, hint: email }),
      ),
    ]
    return all.filter((one) => !taken.has(`${one.type}:${one.id}`))
  }, [directory, grants, groups, people, t])
  const found = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    return candidates
      .filter((one) => words.every((word) => `${one.name} ${one.hint}`.toLowerCase().includes(word)))
      .slice(0, SHOWN)
  }, [candidates, query])
  return (
    <Combobox.Root<Candidate>
      items={found}
      filteredItems={found}
      filter={null}
      value={null}
      onValueChange={(next) => {
        if (next !== null) onAdd({ type: next.type, id: next.id })
      }}
      inputValue={query}
      onInputValueChange={setQuery}
      itemToStringLabel={(one) => one.name}
      itemToStringValue={(one) => `${one.type}:${one.id}`}
      autoHighlight
      onOpenChange={(open) => {
        if (!open) setQuery('')
      }}
    >
      <Combobox.Trigger className="btn quiet flush" aria-label={t('access.add')}>
        <Plus {...icon} />
        {t('access.add')}
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner className="pos" align="end" sideOffset={4} collisionPadding={8}>
          <Combobox.Popup className="pop people-pop" aria-label={t('access.add')}>
            <Combobox.Input
              className="people-search"
              placeholder={t('access.search')}
              aria-label={t('access.search')}
            />
            <Combobox.Empty>
              <p className="m people-none">{t(candidates.length === 0 ? 'access.nobody' : 'access.noMatch')}</p>
            </Combobox.Empty>
            <Combobox.List>
              {(one: Candidate) => (
                <Combobox.Item key={`${one.type}:${one.id}`} value={one} className="item">
                  {one.type === 'group' ? <Users {...icon} /> : <User {...icon} />}
                  <span className="cut">{one.name}</span>
                  <span className="end s m cut">{one.hint}</span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}
