/** Secrets by name, sealed outside the database. Values are never logged and never reach a window. */
export interface SecretVault {
  /** Null if there is none of that name. */
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
  names(): Promise<string[]>
}
