/** How the double behaves from the start; handed to the main process in the environment. */
export interface DoubleConfig {
  /** Where applications keep their folders. */
  appData: string
  locale?: string
  /** Work areas of the displays. */
  displays?: { x: number; y: number; width: number; height: number }[]
  prefersDark?: boolean
  /** Index of the button that every message box answers with. */
  dialogResponse?: number
  /** What the folder picker returns; none: cancelled. */
  pickedFolder?: string
}

export const CONFIG_VARIABLE = 'SWITCHYARD_ELECTRON_DOUBLE'
