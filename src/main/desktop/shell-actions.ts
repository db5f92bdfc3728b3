/** What menu and tray can do, and what they show; the entry wires it. */
export interface ShellActions {
  showWindow(): void
  reloadWindow(): void
  startsAtLogin(): boolean
  setStartAtLogin(on: boolean): void
  openDataFolder(): void
  /** False where the command line or the environment decides. */
  mayChooseDataFolder: boolean
  chooseDataFolder(): void
  /** `undefined` while it starts, null when it could not listen. */
  gatewayUrl(): string | null | undefined
  copyGatewayUrl(): void
  quit(): void
}
