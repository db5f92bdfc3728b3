import { adm, ver, type WebUiHandler, type WebUiRoute, type WebUiTable } from '../route-table.ts'
import { listOverrides, listPresets, overrideTags, presetTags } from './preset-lists.ts'
import {
  createRecord,
  deleteAll,
  deleteRecord,
  recordById,
  recordPicture,
  toggleRecord,
  updateAccess,
  updateRecord,
} from './preset-records.ts'
import { allRecords, exportRecords, importRecords, syncRecords } from './preset-transfer.ts'

/** Paths below both /api/v1/models and, as the documents that describe the system have them, /models. */
const below = {
  'GET list': member(listPresets),
  'GET tags': member(presetTags),
  'GET base': adm(listOverrides),
  'GET base/tags': adm(overrideTags),
  'POST create': member(createRecord),
  'GET export': member(exportRecords),
  'POST export': member(exportRecords),
  'POST import': member(importRecords),
  'POST sync': adm(syncRecords),
  'GET all': adm(allRecords),
  'GET model': member(recordById),
  'GET model/profile/image': ver(recordPicture, null),
  'POST model/toggle': member(toggleRecord),
  'POST model/update': member(updateRecord),
  'POST model/access/update': member(updateAccess),
  'POST model/delete': member(deleteRecord),
  'DELETE model/delete': member(deleteRecord),
  'DELETE delete/all': adm(deleteAll),
} as const

export const presetTable: WebUiTable = { ...under('/api/v1/models'), ...under('/models') }

function member(handler: WebUiHandler): WebUiRoute {
  return ver(handler, 'presets')
}

function under(root: string): WebUiTable {
  return Object.fromEntries(
    Object.entries(below).map(([route, entry]) => [route.replace(' ', ` ${root}/`), entry]),
  ) as WebUiTable
}
