import { useTranslation } from 'react-i18next'
import { MAX_PASSWORD_BYTES, MIN_PASSWORD } from '#shared/team.ts'
import type { AccountDraft, AccountFlaw } from './check-account.ts'
import { FormLine } from './form-line.tsx'

/** Name, e-mail and password of a new account. */
export function AccountFields({
  draft,
  flaw,
  onChange,
  forSomeoneElse,
}: {
  draft: AccountDraft
  /** What is wrong, once the person has tried to go on. */
  flaw: AccountFlaw | null
  onChange: (draft: AccountDraft) => void
  /** The browser should not offer the own name and address. */
  forSomeoneElse?: boolean | undefined
}) {
  const { t } = useTranslation('signIn')
  return (
    <>
      <FormLine
        label={t('name')}
        value={draft.name}
        autoComplete={forSomeoneElse ? 'off' : 'name'}
        maxLength={200}
        complaint={flaw?.field === 'name' ? t('flaw.name') : null}
        onChange={(name) => onChange({ ...draft, name })}
      />
      <FormLine
        label={t('email')}
        type="email"
        value={draft.email}
        autoComplete={forSomeoneElse ? 'off' : 'username'}
        maxLength={320}
        complaint={flaw?.field === 'email' ? t('flaw.email') : null}
        onChange={(email) => onChange({ ...draft, email })}
      />
      <FormLine
        label={t('password')}
        type="password"
        value={draft.password}
        autoComplete="new-password"
        hint={t('passwordHint', { count: MIN_PASSWORD })}
        complaint={
          flaw?.field !== 'password'
            ? null
            : flaw.flaw === 'short'
              ? t('flaw.short', { count: MIN_PASSWORD })
              : t('flaw.long', { count: MAX_PASSWORD_BYTES })
        }
        onChange={(password) => onChange({ ...draft, password })}
      />
    </>
  )
}
