import type { Preset } from '#shared/presets.ts'
import type { Principal } from './principal.ts'

/**
 * The one decision about models, for lists, chats, embeddings, every dialect, the compatible routes and the UI contract.
 * Answers are cached per person and model, and forgotten with the change that affects them.
 */
export interface Access {
  /**
   * Whether the person may use (see in lists, chat with, embed with) this model: administrators (unless
   * BYPASS_ADMIN_ACCESS_CONTROL=false) and everyone under BYPASS_MODEL_ACCESS_CONTROL; else a read grant, ownership, or
   * the connection's default visibility, for it and for every model down its chain. False for ids that nobody has, too.
   */
  mayUse(principal: Principal, modelId: string): boolean
  /** Whether the person may see the record itself: owner, read or write grant, administrators. */
  maySee(principal: Principal, record: Preset): boolean
  /** Whether the person may change, delete or share the record: owner, write grant, administrators. */
  mayWrite(principal: Principal, record: Preset): boolean
  /** Whether this person's requests may run at connections in this place (the spending rule of sharing). */
  mayRunAway(principal: Principal): boolean
  /** Throws `model_not_found` in the very words of an unknown model unless the person may use it. */
  requireModel(principal: Principal, modelId: string): void
  /** Told when decisions may have changed; the argument says whose (null: anyone's). */
  onChange(listener: () => void): () => void
}
