import { Plus } from 'lucide-react'
import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OauthProvider } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { desktop } from '../../bridge/desktop.ts'
import { useAppInfo } from '../../bridge/queries.ts'
import { useOauthProviders, useSharing } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { FormLine } from '../sign-in/form-line.tsx'
import { ConfirmSheet } from './confirm-sheet.tsx'
import { Loaded } from './loaded.tsx'
import { SwitchRow } from './switch.tsx'
import { useAction } from './use-action.ts'

const NEW: OauthProvider = {
  id: '',
  name: '',
  issuer: '',
  clientId: '',
  clientSecret: '',
  scopes: 'openid email profile',
  enabled: true,
}

/** OpenID Connect providers that people may sign in with. */
export function OauthProviders() {
  const { t } = useTranslation('team')
  const providers = useOauthProviders()
  const [sheet, setSheet] = useState<{ kind: 'edit' | 'remove'; provider: OauthProvider } | null>(null)
  return (
    <>
      <p className="s m pb-2">{t('oauth.lead')}</p>
      <Loaded query={providers}>
        {(list) =>
          list.length === 0 ? null : (
            <ul className="lines">
              {list.map((provider) => (
                <li key={provider.id}>
                  <b>{provider.name}</b>
                  <span className="m cut grow">{provider.issuer}</span>
                  {provider.enabled ? null : <span className="s m">{t('oauth.off')}</span>}
                  <Button
                    look="quiet"
                    aria-label={t('oauth.editName', { name: provider.name })}
                    onClick={() => setSheet({ kind: 'edit', provider })}
                  >
                    {t('oauth.edit')}
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={t('oauth.removeName', { name: provider.name })}
                    onClick={() => setSheet({ kind: 'remove', provider })}
                  >
                    {t('oauth.remove')}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <div className="row pt-2">
        <Button
          icon={<Plus size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => setSheet({ kind: 'edit', provider: NEW })}
        >
          {t('oauth.add')}
        </Button>
      </div>
      {sheet?.kind === 'edit' ? <ProviderSheet provider={sheet.provider} onClose={() => setSheet(null)} /> : null}
      {sheet?.kind === 'remove' ? (
        <ConfirmSheet
          title={t('oauth.removeTitle', { name: sheet.provider.name })}
          confirm={t('oauth.remove')}
          work={() => client.team.removeOauthProvider({ id: sheet.provider.id })}
          onClose={() => setSheet(null)}
        >
          <p>{t('oauth.removeText')}</p>
        </ConfirmSheet>
      ) : null}
    </>
  )
}

/** `Our Keycloak` as `our-keycloak`: the part of the address that names a provider. */
export function providerId(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
}

function ProviderSheet({ provider, onClose }: { provider: OauthProvider; onClose: () => void }) {
  const { t } = useTranslation(['team', 'app'])
  const id = useId()
  const first = useRef<HTMLInputElement>(null)
  const isNew = provider.id === ''
  const [draft, setDraft] = useState(provider)
  const [ownId, setOwnId] = useState(!isNew)
  const { busy, error, run } = useAction()
  const origin = useOrigin()
  const shownId = ownId ? draft.id : providerId(draft.name)
  const complete =
    draft.name.trim() !== '' && draft.issuer.trim() !== '' && draft.clientId.trim() !== '' && shownId !== ''
  const complaint = (field: string): string | null => (error?.param === field ? error.message : null)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!complete || busy) return
    const done = await run(() => client.team.saveOauthProvider({ ...draft, id: shownId }))
    if (done === null) return
    announce(t('team:oauth.saved', { name: done.value.name }))
    onClose()
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={isNew ? t('team:oauth.addTitle') : t('team:oauth.editName', { name: provider.name })}
      initialFocus={first}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={busy || !complete}>
            {t('team:save')}
          </Button>
          <Button onClick={onClose}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} className="sheet" noValidate onSubmit={submit}>
        <FormLine
          ref={first}
          label={t('team:oauth.name')}
          hint={t('team:oauth.nameHint')}
          value={draft.name}
          maxLength={100}
          complaint={complaint('name')}
          onChange={(name) => setDraft({ ...draft, name })}
        />
        <FormLine
          label={t('team:oauth.id')}
          hint={t('team:oauth.idHint')}
          value={shownId}
          maxLength={40}
          disabled={!isNew}
          complaint={complaint('id')}
          onChange={(text) => {
            setOwnId(true)
            setDraft({ ...draft, id: text.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-') })
          }}
        />
        <FormLine
          label={t('team:oauth.issuer')}
          hint={t('team:oauth.issuerHint')}
          placeholder="https://login.example.org/realms/team"
          value={draft.issuer}
          maxLength={2000}
          complaint={complaint('issuer')}
          onChange={(issuer) => setDraft({ ...draft, issuer })}
        />
        <FormLine
          label={t('team:oauth.clientId')}
          value={draft.clientId}
          maxLength={500}
          complaint={complaint('clientId')}
          onChange={(clientId) => setDraft({ ...draft, clientId })}
        />
        <FormLine
          label={t('team:oauth.clientSecret')}
          hint={t('team:oauth.clientSecretHint')}
          value={draft.clientSecret}
          maxLength={2000}
          complaint={complaint('clientSecret')}
          onChange={(clientSecret) => setDraft({ ...draft, clientSecret })}
        />
        <FormLine
          label={t('team:oauth.scopes')}
          value={draft.scopes}
          maxLength={500}
          complaint={complaint('scopes')}
          onChange={(scopes) => setDraft({ ...draft, scopes })}
        />
        <SwitchRow
          words={t('team:oauth.enabled')}
          on={draft.enabled}
          onChange={(enabled) => setDraft({ ...draft, enabled })}
        />
        {shownId === '' || origin === null ? null : (
          <div className="form-line">
            <span className="lbl">{t('team:oauth.redirect')}</span>
            <div className="secret">
              <code className="grow">{`${origin}/oauth/${shownId}/callback`}</code>
              <CopyButton text={`${origin}/oauth/${shownId}/callback`} what={t('team:oauth.redirect')} />
            </div>
          </div>
        )}
        {error === null || error.param !== undefined ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}

/** Where the provider sends people back to: the address under which they reach us. */
function useOrigin(): string | null {
  const shared = useSharing().data?.urls[0]
  const gateway = useAppInfo().data?.gatewayUrl ?? null
  const own = shared ?? (desktop() === null ? globalThis.location.origin : gateway)
  return own === null ? null : own.replace(/\/+$/, '')
}
