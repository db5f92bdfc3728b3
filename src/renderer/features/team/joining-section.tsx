import { type ReactNode, useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ROLES } from '#shared/access.ts'
import type { TeamSettings } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { useGroups, useTeamSettings } from '../../bridge/team-queries.ts'
import { ErrorForm } from '../../components/error-form.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { Select } from '../../components/select.tsx'
import { Loaded } from './loaded.tsx'
import { OauthProviders } from './oauth-providers.tsx'
import { PermissionSwitches } from './permission-switches.tsx'
import { SIGN_UP } from './sign-up-rules.ts'
import { Switch } from './switch.tsx'
import { useAction } from './use-action.ts'

/** How people come in, and what everyone may do. Each change holds at once. */
export function JoiningSection() {
  const { t } = useTranslation('team')
  const settings = useTeamSettings()
  return (
    <main className="scroll" id="main" tabIndex={-1} aria-label={t('section.joining')}>
      <div className="sets">
        <Loaded query={settings}>{(value) => <Rules settings={value} />}</Loaded>
        <section aria-label={t('oauth.title')}>
          <h2>{t('oauth.title')}</h2>
          <OauthProviders />
        </section>
      </div>
    </main>
  )
}

function Rules({ settings }: { settings: TeamSettings }) {
  const { t } = useTranslation(['team', 'signIn'])
  const groups = useGroups().data ?? []
  const { busy, error, run } = useAction()
  const set = (patch: Partial<TeamSettings>): void => {
    void run(() => client.team.setSettings(patch))
  }
  return (
    <>
      {error === null ? null : <ErrorForm error={error} alert />}
      <section aria-label={t('joining.comeIn')}>
        <h2>{t('joining.comeIn')}</h2>
        <RuleRow label={t('joining.signUp')} hint={t(`signUpHint.${settings.signUp}`)}>
          {() => (
            <Segmented
              label={t('joining.signUp')}
              value={settings.signUp}
              options={SIGN_UP.map((value) => ({ value, label: t(`signUp.${value}`) }))}
              disabled={busy}
              onChange={(signUp) => set({ signUp })}
            />
          )}
        </RuleRow>
        <RuleRow label={t('joining.defaultRole')} hint={t('joining.defaultRoleHint')}>
          {() => (
            <Segmented
              label={t('joining.defaultRole')}
              value={settings.defaultRole}
              options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
              disabled={busy}
              onChange={(defaultRole) => set({ defaultRole })}
            />
          )}
        </RuleRow>
        <RuleRow label={t('joining.defaultGroup')}>
          {(id) => (
            <Select
              id={id}
              label={t('joining.defaultGroup')}
              value={settings.defaultGroupId ?? ''}
              options={[
                { value: '', label: t('joining.noGroup') },
                ...groups.map((group) => ({ value: group.id, label: group.name })),
              ]}
              disabled={busy}
              onChange={(value) => set({ defaultGroupId: value === '' ? null : value })}
            />
          )}
        </RuleRow>
        <RuleRow label={t('joining.apiKeys')} hint={t('joining.apiKeysHint')}>
          {() => (
            <Switch
              label={t('joining.apiKeys')}
              on={settings.apiKeys}
              disabled={busy}
              onChange={(apiKeys) => set({ apiKeys })}
            />
          )}
        </RuleRow>
        <RuleRow label={t('joining.requireSignIn')} hint={t('joining.requireSignInHint')}>
          {() => (
            <Switch
              label={t('joining.requireSignIn')}
              on={settings.requireSignIn}
              disabled={busy}
              onChange={(requireSignIn) => set({ requireSignIn })}
            />
          )}
        </RuleRow>
      </section>
      <section aria-label={t('joining.pendingPage')}>
        <h2>{t('joining.pendingPage')}</h2>
        <RuleRow label={t('joining.pendingTitle')}>
          {(id) => (
            <TextRule
              id={id}
              value={settings.pendingTitle}
              placeholder={t('signIn:pending.title')}
              maxLength={200}
              onSave={(pendingTitle) => set({ pendingTitle })}
            />
          )}
        </RuleRow>
        <RuleRow label={t('joining.pendingText')}>
          {(id) => (
            <TextRule
              id={id}
              lines={3}
              value={settings.pendingText}
              placeholder={t('signIn:pending.text')}
              maxLength={4000}
              onSave={(pendingText) => set({ pendingText })}
            />
          )}
        </RuleRow>
      </section>
      <section aria-label={t('joining.everyone')}>
        <h2>{t('joining.everyone')}</h2>
        <p className="s m">{t('joining.everyoneHint')}</p>
        <PermissionSwitches
          permissions={settings.permissions}
          everyone={null}
          disabled={busy}
          onChange={(permissions) => set({ permissions })}
        />
      </section>
    </>
  )
}

/** A name, its control and a hint, as on the Settings page. */
function RuleRow({
  label,
  hint,
  children,
}: {
  label: string
  hint?: string | undefined
  children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className="set">
      <div className="what">
        <label htmlFor={id}>{label}</label>
      </div>
      <div className="how">
        {children(id)}
        {hint === undefined ? null : <span className="s m">{hint}</span>}
      </div>
    </div>
  )
}

/** A text that is saved when it is left. */
function TextRule({
  id,
  value,
  placeholder,
  maxLength,
  lines,
  onSave,
}: {
  id: string
  value: string
  placeholder: string
  maxLength: number
  lines?: number | undefined
  onSave: (value: string) => void
}) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const save = (): void => {
    if (text !== value) onSave(text)
  }
  if (lines !== undefined) {
    return (
      <textarea
        id={id}
        rows={lines}
        value={text}
        placeholder={placeholder}
        maxLength={maxLength}
        onChange={(event) => setText(event.target.value)}
        onBlur={save}
      />
    )
  }
  return (
    <input
      id={id}
      className="wide"
      value={text}
      placeholder={placeholder}
      maxLength={maxLength}
      autoComplete="off"
      onChange={(event) => setText(event.target.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}
