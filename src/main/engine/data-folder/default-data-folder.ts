import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/** What decides the place of the data folder. */
export interface FolderSurroundings {
  platform: NodeJS.Platform
  environment: Readonly<Record<string, string | undefined>>
  home: string
}

/**
 * The data folder where none is given: SWITCHYARD_DATA_DIR, else the platform's usual place.
 * Linux: $XDG_DATA_HOME/switchyard or ~/.local/share/switchyard; macOS: ~/Library/Application Support/Switchyard;
 * Windows: %APPDATA%\Switchyard.
 */
export function defaultDataFolder(
  { platform, environment, home }: FolderSurroundings = {
    platform: process.platform,
    environment: process.env,
    home: homedir(),
  },
): string {
  const chosen = environment.SWITCHYARD_DATA_DIR
  if (chosen !== undefined && chosen.trim() !== '') return resolve(chosen)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Switchyard')
  if (platform === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Switchyard')
  const shared = environment.XDG_DATA_HOME
  // The XDG specification says to ignore relative paths.
  const base = shared !== undefined && isAbsolute(shared) ? shared : join(home, '.local', 'share')
  return join(base, 'switchyard')
}
