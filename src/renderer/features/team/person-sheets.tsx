import { useTranslation } from 'react-i18next'
import type { Person } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { announce } from '../../components/announcer.tsx'
import { ConfirmSheet } from './confirm-sheet.tsx'
import { PasswordSheet } from './password-sheet.tsx'
import { AddPersonSheet, EditPersonSheet } from './person-form.tsx'
import { ViewAsSheet } from './view-as-sheet.tsx'

export type PersonSheet =
  | { kind: 'add' }
  | { kind: 'edit' | 'password' | 'sign-out' | 'remove' | 'view-as'; person: Person }

/** The sheet that is asked for, if any. */
export function PersonSheets({ sheet, onClose }: { sheet: PersonSheet | null; onClose: () => void }) {
  const { t } = useTranslation('team')
  if (sheet === null) return null
  switch (sheet.kind) {
    case 'add':
      return <AddPersonSheet onClose={onClose} />
    case 'edit':
      return <EditPersonSheet person={sheet.person} onClose={onClose} />
    case 'password':
      return <PasswordSheet person={sheet.person} onClose={onClose} />
    case 'view-as':
      return <ViewAsSheet person={sheet.person} onClose={onClose} />
    case 'sign-out':
      return (
        <ConfirmSheet
          title={t('signOutForm.title', { name: sheet.person.name })}
          confirm={t('signOutForm.confirm')}
          work={async () => {
            const { ended } = await client.team.signOutEverywhere({ id: sheet.person.id })
            announce(t('signOutForm.done', { count: ended, name: sheet.person.name }))
          }}
          onClose={onClose}
        >
          <p>{t('signOutForm.text', { name: sheet.person.name })}</p>
        </ConfirmSheet>
      )
    case 'remove':
      return (
        <ConfirmSheet
          title={t('removeForm.title', { name: sheet.person.name })}
          confirm={t('removeForm.confirm')}
          work={() => client.team.removePerson({ id: sheet.person.id })}
          onDone={() => announce(t('removeForm.done', { name: sheet.person.name }))}
          onClose={onClose}
        >
          <p>{t('removeForm.text', { name: sheet.person.name })}</p>
        </ConfirmSheet>
      )
  }
}
