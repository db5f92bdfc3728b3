import { adm, ver, type WebUiTable } from '../route-table.ts'
import {
  addMembers,
  createGroup,
  exportGroup,
  groupById,
  groupMembers,
  listGroups,
  removeGroup,
  removeMembers,
  updateGroup,
} from './groups.ts'

/** Groups of people. */
export const groupTable: WebUiTable = {
  'GET /api/v1/groups': ver(listGroups, 'presets'),
  'POST /api/v1/groups/create': adm(createGroup),
  'GET /api/v1/groups/id/{id}': adm(groupById),
  'GET /api/v1/groups/id/{id}/export': adm(exportGroup),
  'GET /api/v1/groups/id/{id}/users': adm(groupMembers),
  'POST /api/v1/groups/id/{id}/users': adm(groupMembers),
  'POST /api/v1/groups/id/{id}/update': adm(updateGroup),
  'POST /api/v1/groups/id/{id}/users/add': adm(addMembers),
  'POST /api/v1/groups/id/{id}/users/remove': adm(removeMembers),
  'DELETE /api/v1/groups/id/{id}/delete': adm(removeGroup),
}
