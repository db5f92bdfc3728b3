import type { Exchange } from '../../exchange.ts'
import { adm, pub, ver, type WebUiTable } from '../route-table.ts'
import {
  activePeople,
  allPeople,
  groupsOfPerson,
  listPeople,
  ownGroups,
  personActive,
  personById,
  personPicture,
  removePerson,
  searchPeople,
  updatePerson,
} from './people.ts'
import { defaultPermissions, ownPermissions, updateDefaultPermissions } from './permissions.ts'
import { personSettings, updatePersonSettings } from './person-settings.ts'

/** People. An API key that looks around among them needs the scope for models that it could share with them. */
export const userTable: WebUiTable = {
  'GET /api/v1/users': adm(listPeople),
  'GET /api/v1/users/all': adm(allPeople),
  'GET /api/v1/users/active': ver(activePeople, 'presets'),
  'GET /api/v1/users/search': ver(searchPeople, 'presets'),
  'GET /api/v1/users/groups': ver(ownGroups, null),
  'GET /api/v1/users/permissions': ver(ownPermissions, null),
  'GET /api/v1/users/default/permissions': adm(defaultPermissions),
  'POST /api/v1/users/default/permissions': adm(updateDefaultPermissions),
  'GET /api/v1/users/user/settings': ver(personSettings, null),
  'POST /api/v1/users/user/settings/update': ver(updatePersonSettings, 'admin'),
  'GET /api/v1/users/{id}': ver(personById, 'presets'),
  'DELETE /api/v1/users/{id}': adm(removePerson),
  'POST /api/v1/users/{id}/update': adm(updatePerson),
  'GET /api/v1/users/{id}/groups': adm(groupsOfPerson),
  'GET /api/v1/users/{id}/active': ver(personActive, 'presets'),
  'GET /api/v1/users/{id}/profile/image': ver(personPicture, null),
  // Where redirects for missing pictures lead, and where clients look for them.
  'GET /user.png': pub(appIcon),
  'GET /favicon.png': pub(appIcon),
  'GET /static/favicon.png': pub(appIcon),
}

function appIcon({ res }: Exchange): void {
  res.writeHead(302, { Location: '/icon.svg', 'Cache-Control': 'public, max-age=3600', 'Content-Length': 0 })
  res.end()
}
