import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { appInfoSchema, statusSchema, uiEventSchema } from './app-info.ts'
import {
  answerEventSchema,
  conversationSchema,
  MAX_IMAGES,
  messageSchema,
  newImageSchema,
  searchHitSchema,
  threadSchema,
} from './chats.ts'
import { connectionInputSchema, connectionTestStepSchema, connectionViewSchema } from './connections.ts'
import { publicErrorSchema } from './errors.ts'
import { jobSchema, ollamaDetailsSchema, ollamaModelSchema } from './jobs.ts'
import { addFilesResultSchema, catalogModelSchema, ggufFileSchema, loadOptionsSchema } from './models.ts'
import { settingsPatchSchema, settingsViewSchema } from './settings.ts'

/**
 * Every procedure may fail with ENGINE: an engine error as a value (code, message, retryable).
 * Bad input is BAD_REQUEST, as oRPC does it.
 */
const base = oc.errors({ ENGINE: { status: 500, data: publicErrorSchema } })

const id = z.string().min(1).max(512)
const text = z.string().max(4_000_000)
const none = z.void()

/** The typed contract between window and engine: the same over Electron's MessagePort and over HTTP. */
export const contract = {
  app: {
    info: base.output(appInfoSchema),
    status: base.output(statusSchema),
    /** Never ends by itself; yields the current status first. */
    events: base.output(eventIterator(uiEventSchema)),
  },
  models: {
    catalog: base.output(z.array(catalogModelSchema)),
    files: base.output(z.array(ggufFileSchema)),
    /** Adds files and folders by absolute path. */
    add: base
      .input(z.object({ paths: z.array(z.string().min(1).max(4096)).min(1).max(100) }))
      .output(addFilesResultSchema),
    /** Takes an added file or folder off the list; the file itself stays on disk. */
    forget: base.input(z.object({ id })).output(none),
    /** Resolves when loaded; progress comes through `models:changed`. */
    load: base.input(z.object({ id, options: loadOptionsSchema.optional() })).output(none),
    unload: base.input(z.object({ id })).output(none),
    /** Saves load options for a model; they hold from its next load. */
    setOptions: base.input(z.object({ id, options: loadOptionsSchema })).output(none),
    /** Checks a quarantined file again. */
    recheck: base.input(z.object({ id })).output(none),
  },
  chats: {
    list: base
      .input(z.object({ limit: z.number().int().min(1).max(500).default(200), before: z.number().optional() }))
      .output(z.array(conversationSchema)),
    create: base.input(z.object({ modelId: id.nullable().optional() })).output(conversationSchema),
    update: base
      .input(
        z.object({
          id,
          title: z.string().min(1).max(300).optional(),
          pinned: z.boolean().optional(),
          modelId: id.nullable().optional(),
        }),
      )
      .output(conversationSchema),
    saveDraft: base.input(z.object({ id, draft: text })).output(none),
    /** Soft delete; `restore` takes it back for 30 days. */
    remove: base.input(z.object({ id })).output(none),
    restore: base.input(z.object({ id })).output(conversationSchema),
    thread: base.input(z.object({ id, tail: z.number().int().min(1).max(200).default(50) })).output(threadSchema),
    /** Messages of the branch that ends at `leafId` with from <= depth < to. */
    range: base
      .input(z.object({ id, leafId: id, from: z.number().int().min(0), to: z.number().int().min(0) }))
      .output(z.array(messageSchema)),
    /** Makes the newest branch through this message the active one. */
    selectBranch: base.input(z.object({ id, messageId: id })).output(threadSchema),
    /**
     * Commits the user's message below `parentId` (null: as a first message), then starts the answer.
     * Editing a message is sending with the edited message's parent. A message has text, pictures, or both.
     */
    send: base
      .input(
        z.object({
          id,
          parentId: id.nullable(),
          content: text,
          modelId: id,
          images: z.array(newImageSchema).max(MAX_IMAGES).optional(),
          /** Pictures of other messages of this conversation to carry along, by id; they come first. */
          keptImages: z.array(id).max(MAX_IMAGES).optional(),
        }),
      )
      .output(z.object({ userMessage: messageSchema, answer: messageSchema })),
    /** A picture of a message as a data URL. */
    image: base.input(z.object({ id })).output(z.string()),
    /** Another answer to the same user message, as a new branch. */
    regenerate: base.input(z.object({ id, answerId: id, modelId: id.optional() })).output(messageSchema),
    stop: base.input(z.object({ answerId: id })).output(none),
    /** Soft delete of a message and all that follows it. */
    removeMessage: base.input(z.object({ id, messageId: id })).output(threadSchema),
    restoreMessage: base.input(z.object({ id, messageId: id })).output(threadSchema),
    /** The live answer: a snapshot, then deltas, then the end. For a finished message: snapshot and end. */
    watch: base.input(z.object({ answerId: id })).output(eventIterator(answerEventSchema)),
    search: base
      .input(z.object({ query: z.string().min(1).max(500), limit: z.number().int().min(1).max(200).default(50) }))
      .output(z.array(searchHitSchema)),
  },
  connections: {
    list: base.output(z.array(connectionViewSchema)),
    create: base.input(connectionInputSchema).output(connectionViewSchema),
    update: base.input(z.object({ id, input: connectionInputSchema })).output(connectionViewSchema),
    setEnabled: base.input(z.object({ id, enabled: z.boolean() })).output(connectionViewSchema),
    remove: base.input(z.object({ id })).output(none),
    reorder: base.input(z.object({ ids: z.array(id).max(1000) })).output(none),
    /** Looks at it now. */
    refresh: base.input(z.object({ id })).output(connectionViewSchema),
    /** Tries a configuration before it is saved; `id` when an existing one is edited. */
    test: base
      .input(z.object({ id: id.nullable(), input: connectionInputSchema }))
      .output(eventIterator(connectionTestStepSchema)),
  },
  ollama: {
    models: base.input(z.object({ connectionId: id })).output(z.array(ollamaModelSchema)),
    details: base.input(z.object({ connectionId: id, model: id })).output(ollamaDetailsSchema),
    unload: base.input(z.object({ connectionId: id, model: id })).output(none),
    copy: base.input(z.object({ connectionId: id, source: id, destination: id })).output(none),
    remove: base.input(z.object({ connectionId: id, model: id })).output(none),
  },
  jobs: {
    list: base.output(z.array(jobSchema)),
    pull: base.input(z.object({ connectionId: id, model: id, insecure: z.boolean().optional() })).output(jobSchema),
    push: base.input(z.object({ connectionId: id, model: id, insecure: z.boolean().optional() })).output(jobSchema),
    create: base
      .input(
        z.object({
          connectionId: id,
          model: id,
          modelfile: z.string().min(1).max(1_000_000),
          quantize: z.string().max(50).optional(),
        }),
      )
      .output(jobSchema),
    /** A GGUF file by absolute path; browsers send the file to `/ui/upload` first. */
    upload: base.input(z.object({ connectionId: id, model: id, path: z.string().min(1).max(4096) })).output(jobSchema),
    updateAll: base.input(z.object({ connectionId: id })).output(jobSchema),
    cancel: base.input(z.object({ id })).output(none),
    resume: base.input(z.object({ id })).output(jobSchema),
    dismiss: base.input(z.object({ id })).output(none),
  },
  settings: {
    get: base.output(settingsViewSchema),
    update: base.input(settingsPatchSchema).output(settingsViewSchema),
  },
}
export type Contract = typeof contract
