import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { grantsSchema } from './access.ts'
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
import {
  addFilesResultSchema,
  catalogModelSchema,
  ggufFileSchema,
  loadOptionsSchema,
  modelMetricsSchema,
} from './models.ts'
import {
  effectiveRequestSchema,
  modelDefaultsSchema,
  parameterChangeSchema,
  parameterInfoSchema,
  presetInputSchema,
  presetPageSchema,
  presetParamsSchema,
  presetQuerySchema,
  presetReconcileSchema,
  presetRowSchema,
  presetVersionSchema,
  templateInputSchema,
  templateSchema,
} from './presets.ts'
import { settingsPatchSchema, settingsViewSchema } from './settings.ts'
import { sharingPatchSchema, sharingStateSchema } from './sharing.ts'
import {
  apiKeySchema,
  groupInputSchema,
  groupSchema,
  inviteSchema,
  newInviteSchema,
  newKeySchema,
  newPersonSchema,
  oauthProviderSchema,
  peoplePageSchema,
  peopleQuerySchema,
  personPatchSchema,
  personSchema,
  sessionInfoSchema,
  sessionStateSchema,
  teamSettingsSchema,
} from './team.ts'

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
    /** What is wrong with load options for this model, in plain sentences; empty: nothing. */
    validate: base.input(z.object({ id, options: z.record(z.string(), z.unknown()) })).output(z.array(z.string())),
    /** Applies options that a loaded model takes at once; the others are saved and hold from its next load. */
    updateLoaded: base
      .input(z.object({ id, options: loadOptionsSchema }))
      .output(z.object({ applied: z.array(z.string()), fromNextLoad: z.array(z.string()) })),
    /** Null while it is not loaded and never was since the start. */
    metrics: base.input(z.object({ id })).output(modelMetricsSchema.nullable()),
    /** Notes that a person keeps beside a model; free fields. */
    metadata: base.input(z.object({ id })).output(z.record(z.string(), z.unknown())),
    saveMetadata: base.input(z.object({ id, metadata: z.record(z.string(), z.unknown()) })).output(none),
  },
  presets: {
    list: base.input(presetQuerySchema).output(presetPageSchema),
    get: base.input(z.object({ id })).output(presetRowSchema),
    tags: base.output(z.array(z.string())),
    create: base.input(presetInputSchema).output(presetRowSchema),
    update: base.input(z.object({ id, input: presetInputSchema })).output(presetRowSchema),
    setActive: base.input(z.object({ id, isActive: z.boolean() })).output(presetRowSchema),
    setGrants: base.input(z.object({ id, grants: grantsSchema })).output(presetRowSchema),
    /** Makes models (base models too, which then get a record) public to everyone signed in, or private again. */
    setVisibility: base
      .input(z.object({ ids: z.array(id).min(1).max(10_000), visibility: z.enum(['private', 'everyone']) }))
      .output(z.object({ changed: z.number() })),
    remove: base.input(z.object({ id })).output(none),
    /** A file as exported by us or Open WebUI (array, `{models}`, one record, or the community's `{info}` form). */
    importFile: base.input(z.object({ text: z.string().max(50_000_000) })).output(presetReconcileSchema),
    /** The exported file's text: Open WebUI's form. `ids` absent: all that may be exported. */
    exportFile: base.input(z.object({ ids: z.array(id).optional() })).output(z.string()),
    missingBases: base.output(z.array(z.object({ baseModelId: z.string(), presetIds: z.array(z.string()) }))),
    rebind: base.input(z.object({ from: id, to: id })).output(z.object({ changed: z.number() })),
    history: base.input(z.object({ id })).output(z.array(presetVersionSchema)),
    revert: base.input(z.object({ id, version: z.number().int() })).output(presetRowSchema),
    parameters: base.input(z.object({ baseModelId: id.nullable() })).output(z.array(parameterInfoSchema)),
    /** The saved preset, or a draft of it that is not saved yet. */
    effective: base
      .input(z.object({ id, draft: presetInputSchema.optional(), chatParams: presetParamsSchema.optional() }))
      .output(effectiveRequestSchema),
    /** One short answer with a draft or the saved preset, beside each other in the editor; not kept. */
    tryOut: base
      .input(z.object({ id, draft: presetInputSchema.nullable(), prompt: z.string().min(1).max(100_000) }))
      .output(
        eventIterator(
          z.discriminatedUnion('type', [
            z.object({ type: z.literal('text'), text: z.string() }),
            z.object({ type: z.literal('reasoning'), text: z.string() }),
            z.object({ type: z.literal('end'), tokensPerSecond: z.number().nullable(), ttftMs: z.number().nullable() }),
          ]),
        ),
      ),
    templates: base.output(z.array(templateSchema)),
    saveTemplate: base.input(z.object({ id: id.nullable(), input: templateInputSchema })).output(templateSchema),
    removeTemplate: base.input(z.object({ id })).output(none),
    previewTemplate: base.input(z.object({ id, params: presetParamsSchema })).output(z.array(parameterChangeSchema)),
    exportTemplates: base.output(z.string()),
    importTemplates: base.input(z.object({ text: z.string().max(10_000_000) })).output(z.array(templateSchema)),
    defaults: base.output(modelDefaultsSchema),
    setDefaults: base.input(modelDefaultsSchema).output(modelDefaultsSchema),
  },
  team: {
    /** Who this window is, and what it may do. */
    session: base.output(sessionStateSchema),
    people: base.input(peopleQuerySchema).output(peoplePageSchema),
    /** Names and groups to choose from when granting; the same for everyone who may share. */
    directory: base.output(
      z.object({
        people: z.array(z.object({ id: z.string(), name: z.string(), email: z.string() })),
        groups: z.array(z.object({ id: z.string(), name: z.string(), memberCount: z.number() })),
      }),
    ),
    addPerson: base.input(newPersonSchema).output(personSchema),
    updatePerson: base.input(z.object({ id, patch: personPatchSchema })).output(personSchema),
    removePerson: base.input(z.object({ id })).output(none),
    signOutEverywhere: base.input(z.object({ id })).output(z.object({ ended: z.number() })),
    sessions: base.output(z.array(sessionInfoSchema)),
    /** What a person's lists show. */
    viewAs: base
      .input(z.object({ id }))
      .output(z.array(z.object({ id: z.string(), name: z.string(), isPreset: z.boolean(), why: z.string() }))),
    groups: base.output(z.array(groupSchema)),
    members: base.input(z.object({ id })).output(z.array(personSchema)),
    createGroup: base.input(groupInputSchema).output(groupSchema),
    updateGroup: base.input(z.object({ id, input: groupInputSchema })).output(groupSchema),
    removeGroup: base.input(z.object({ id })).output(none),
    setMembers: base.input(z.object({ id, personIds: z.array(id).max(10_000) })).output(groupSchema),
    /** One's own keys; an administrator's `personId` may be another's, or null for all. */
    keys: base.input(z.object({ personId: id.nullable().optional() })).output(z.array(apiKeySchema)),
    createKey: base.input(newKeySchema).output(z.object({ key: apiKeySchema, secret: z.string() })),
    revokeKey: base.input(z.object({ id })).output(none),
    invites: base.output(z.array(inviteSchema)),
    /** `url` is shown once. */
    createInvite: base.input(newInviteSchema).output(z.object({ invite: inviteSchema, url: z.string() })),
    revokeInvite: base.input(z.object({ id })).output(none),
    settings: base.output(teamSettingsSchema),
    setSettings: base.input(teamSettingsSchema.partial()).output(teamSettingsSchema),
    oauthProviders: base.output(z.array(oauthProviderSchema)),
    saveOauthProvider: base.input(oauthProviderSchema).output(oauthProviderSchema),
    removeOauthProvider: base.input(z.object({ id: z.string() })).output(none),
  },
  sharing: {
    state: base.output(sharingStateSchema),
    update: base.input(sharingPatchSchema).output(sharingStateSchema),
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
    /** `base`: the revision that the change was made from. If another is stored by now, it is a conflict. */
    update: base
      .input(z.object({ id, input: connectionInputSchema, base: z.string().max(100).optional() }))
      .output(connectionViewSchema),
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
