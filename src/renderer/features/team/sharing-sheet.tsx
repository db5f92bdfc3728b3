import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SharingSettings, SharingState } from '#shared/sharing.ts'
import type { TeamSettings } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { teamKeys, useTeamSettings } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { Select } from '../../components/select.tsx'
import { Fingerprint } from './fingerprint.tsx'
import { FirstAdminForm } from './first-admin-form.tsx'
import { PortField } from './port-field.tsx'
import { SharedModelsList } from './shared-models-list.tsx'
import { SIGN_UP } from './sign-up-rules.ts'
import { SwitchRow } from './switch.tsx'
import { useAction } from './use-action.ts'

const ALL_ADDRESSES = ''

/** How to share: where, how safely, with whom, and what. Nothing is opened before the button is pressed. */
export function SharingSheet({ sharing, onClose }: { sharing: SharingState; onClose: () => void }) {
  const { t } = useTranslation(['team', 'app'])
  const id = useId()
  const queries = useQueryClient()
  const team = useTeamSettings().data
  const [draft, setDraft] = useState<SharingSettings>(sharing.settings)
  const [signUp, setSignUp] = useState<TeamSettings['signUp'] | null>(null)
  const [portIsWrong, setPortIsWrong] = useState(false)
  const { busy, error, run } = useAction()
  const running = sharing.settings.enabled
  const chosenSignUp = signUp ?? team?.signUp ?? null
  const set = (patch: Partial<SharingSettings>): void => setDraft({ ...draft, ...patch })
  const missing = sharing.state === 'blocked'
  const ready = !busy && !missing && !portIsWrong

  function setPort(port: number | null): void {
    setPortIsWrong(port === null)
    if (port !== null) set({ port })
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!ready) return
    const done = await run(async () => {
      if (signUp !== null && signUp !== team?.signUp) await client.team.setSettings({ signUp })
      return client.sharing.update({ ...draft, enabled: true })
    })
    if (done === null) return
    queries.setQueryData(teamKeys.sharing, done.value)
    // What went wrong is shown where it can be mended: here, or on the page.
    if (done.value.state === 'blocked') return
    announce(done.value.state === 'on' ? t('team:sharing.announceOn') : t(`team:sharing.state.${done.value.state}`))
    onClose()
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('team:sheet.title')}
      footer={
        <>
          <Button type="submit" form={id} look={missing ? 'plain' : 'prime'} disabled={!ready}>
            {busy ? t('team:sheet.starting') : running ? t('team:sheet.save') : t('team:sheet.start')}
          </Button>
          <Button onClick={onClose}>{t('app:cancel')}</Button>
        </>
      }
    >
      {missing ? <FirstAdminForm reason={sharing.reason} /> : null}
      <form id={id} className="sheet ruled-parts" onSubmit={submit}>
        <Part title={t('team:sheet.where')}>
          <div className="row wrap">
            <Select
              label={t('team:sheet.address')}
              value={draft.address ?? ALL_ADDRESSES}
              options={[
                { value: ALL_ADDRESSES, label: t('team:sheet.allAddresses') },
                ...addressOptions(sharing, draft.address),
              ]}
              onChange={(address) => set({ address: address === ALL_ADDRESSES ? null : address })}
            />
            <PortField port={draft.port} onChange={setPort} />
          </div>
          <HostNames names={draft.hostNames} onChange={(hostNames) => set({ hostNames })} />
          <SwitchRow
            words={t('team:sheet.announce')}
            hint={t('team:sheet.announceHint')}
            on={draft.announce}
            onChange={(announced) => set({ announce: announced })}
          />
        </Part>
        <Part title={t('team:sheet.encryption')}>
          <Segmented
            label={t('team:sheet.encryption')}
            value={draft.tls ? 'tls' : 'plain'}
            options={[
              { value: 'tls', label: t('team:sheet.tls') },
              { value: 'plain', label: t('team:sheet.plain') },
            ]}
            onChange={(value) => set({ tls: value === 'tls' })}
          />
          {draft.tls ? (
            sharing.fingerprint === null ? (
              <p className="s m">{t('team:sheet.certificateLater')}</p>
            ) : (
              <Fingerprint text={sharing.fingerprint} />
            )
          ) : (
            <p className="s warn">{t('team:sheet.plainWarning')}</p>
          )}
        </Part>
        <Part title={t('team:sheet.who')}>
          <Segmented
            label={t('team:sheet.who')}
            value={chosenSignUp}
            options={SIGN_UP.map((value) => ({ value, label: t(`team:signUp.${value}`) }))}
            onChange={setSignUp}
          />
          {chosenSignUp === null ? null : <p className="s m">{t(`team:signUpHint.${chosenSignUp}`)}</p>}
        </Part>
        <Part title={t('team:sheet.cost')}>
          <SwitchRow
            words={t('team:sheet.guestsMaySpend')}
            hint={t(draft.guestsMaySpend ? 'team:sheet.spendOn' : 'team:sheet.spendOff')}
            on={draft.guestsMaySpend}
            onChange={(guestsMaySpend) => set({ guestsMaySpend })}
          />
        </Part>
        <Part title={t('team:sheet.which')} note={t('team:sheet.whichNote')}>
          <SharedModelsList guestsMaySpend={draft.guestsMaySpend} />
        </Part>
        {error === null ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}

/** The addresses of this machine; a stored one that it no longer has stays visible. */
function addressOptions(
  sharing: SharingState,
  stored: string | null,
): { value: string; label: string; hint: string }[] {
  const own = sharing.addresses.map(({ address, interface: name }) => ({ value: address, label: address, hint: name }))
  if (stored === null || own.some(({ value }) => value === stored)) return own
  return [...own, { value: stored, label: stored, hint: '?' }]
}

function Part({ title, note, children }: { title: string; note?: string | undefined; children: ReactNode }) {
  return (
    <section className="part" aria-label={title}>
      <h3>{title}</h3>
      {note === undefined ? null : <p className="s m">{note}</p>}
      {children}
    </section>
  )
}

function HostNames({ names, onChange }: { names: readonly string[]; onChange: (names: string[]) => void }) {
  const { t } = useTranslation('team')
  const id = useId()
  const [text, setText] = useState(names.join(', '))
  return (
    <div className="form-line">
      <label htmlFor={id}>{t('sheet.hostNames')}</label>
      <input
        id={id}
        value={text}
        placeholder="switchyard.lan"
        spellCheck={false}
        autoComplete="off"
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          setText(event.target.value)
          onChange(event.target.value.split(/[\s,]+/).filter(Boolean))
        }}
      />
      <span id={`${id}-hint`} className="s m">
        {t('sheet.hostNamesHint')}
      </span>
    </div>
  )
}
