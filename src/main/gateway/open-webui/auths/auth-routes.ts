import { adm, pub, sgn, ver, type WebUiTable } from '../route-table.ts'
import { addPerson, adminConfig, adminDetails, updateAdminConfig } from './administration.ts'
import { compatibleKey, createKey, listKeys, removeCompatibleKey, renewCompatibleKey, revokeKey } from './api-keys.ts'
import { finishOauth, startOauth } from './oauth.ts'
import { updatePassword, updateProfile, updateTimeZone } from './own-account.ts'
import { session, signIn, signOut, signUp } from './sign-in.ts'

/**
 * Sessions and one's own account. What changes an account or makes keys takes a session, or a key with the scope
 * `admin`: a key that may only chat cannot become more.
 */
export const authTable: WebUiTable = {
  'GET /api/v1/auths': sgn(session),
  'POST /api/v1/auths/signin': pub(signIn),
  'POST /api/v1/auths/signup': pub(signUp),
  'GET /api/v1/auths/signout': pub(signOut),
  'POST /api/v1/auths/signout': pub(signOut),
  'POST /api/v1/auths/update/profile': ver(updateProfile, 'admin'),
  'POST /api/v1/auths/update/password': sgn(updatePassword, 'admin'),
  'POST /api/v1/auths/update/timezone': sgn(updateTimeZone, 'admin'),
  'POST /api/v1/auths/add': adm(addPerson),
  'GET /api/v1/auths/admin/details': sgn(adminDetails),
  'GET /api/v1/auths/admin/config': adm(adminConfig),
  'POST /api/v1/auths/admin/config': adm(updateAdminConfig),
  'GET /api/v1/auths/api_key': ver(compatibleKey, 'admin'),
  'POST /api/v1/auths/api_key': ver(renewCompatibleKey, 'admin'),
  'DELETE /api/v1/auths/api_key': ver(removeCompatibleKey, 'admin'),
  'GET /api/v1/auths/api_keys': ver(listKeys, 'admin'),
  'POST /api/v1/auths/api_keys': ver(createKey, 'admin'),
  'DELETE /api/v1/auths/api_keys/{id}': ver(revokeKey, 'admin'),
  'GET /oauth/{provider}/login': pub(startOauth),
  'GET /oauth/{provider}/callback': pub(finishOauth),
}
