export { defaultDataFolder } from './default-data-folder.ts'
export { type DataFolder, openDataFolder } from './open-data-folder.ts'
