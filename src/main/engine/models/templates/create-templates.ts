import { randomUUID } from 'node:crypto'
import type { Template } from '#shared/presets.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { Presets } from '../../spec/presets.ts'
import { isAdmin, isMember, type Principal } from '../../spec/principal.ts'
import type { TemplatesStore } from '../../storage/index.ts'
import { checkParams } from '../parameters/check-params.ts'
import { requirePermission } from '../records/record-rules.ts'
import { BASE_TEMPLATES } from './base-templates.ts'
import { previewTemplate } from './preview-template.ts'

interface TemplatesOptions {
  store: TemplatesStore
  /** Epoch s. */
  now(): number
  changed(): void
}

type Templates = Pick<Presets, 'templates' | 'saveTemplate' | 'removeTemplate' | 'previewTemplate'>

/** Templates that come with the app, a person's own, and those that others share with everyone. */
export function createTemplates({ store, now, changed }: TemplatesOptions): Templates {
  const isVisible = ({ kind, ownerId }: Template, principal: Principal): boolean =>
    kind !== 'custom' || ownerId === principal.id || isAdmin(principal)

  function visible(principal: Principal): Template[] {
    if (!isMember(principal)) return []
    return [...BASE_TEMPLATES, ...store.all().filter((template) => isVisible(template, principal))]
  }

  function find(id: string, principal: Principal): Template {
    const found = visible(principal).find((template) => template.id === id)
    if (found === undefined) throw new EngineError('not_found', 'There is no such template. It may have been deleted.')
    return found
  }

  function findOwn(id: string, principal: Principal): Template {
    requirePermission(principal, 'models')
    const found = find(id, principal)
    if (found.kind === 'base') {
      throw new EngineError(
        'forbidden',
        `"${found.name}" comes with Switchyard and stays as it is. Save a copy instead.`,
      )
    }
    if (found.ownerId !== principal.id && !isAdmin(principal)) {
      throw new EngineError('forbidden', `Only its owner and administrators may change "${found.name}".`)
    }
    return found
  }

  return {
    templates: visible,

    saveTemplate(id, input, principal) {
      requirePermission(principal, 'models')
      const before = id === null ? null : findOwn(id, principal)
      const name = input.name.trim()
      if (name === '') throw new EngineError('invalid_request', 'A template needs a name.', { param: 'name' })
      checkParams(input.params)
      if (input.shared && before?.kind !== 'shared') requireSharing(principal)
      const template: Template = {
        id: before?.id ?? randomUUID(),
        kind: input.shared ? 'shared' : 'custom',
        name,
        description: input.description,
        params: input.params,
        ownerId: before?.ownerId ?? principal.id,
        updatedAt: now(),
      }
      store.put(template)
      changed()
      return template
    },

    removeTemplate(id, principal) {
      store.remove(findOwn(id, principal).id)
      changed()
    },

    previewTemplate: (id, params, principal) => previewTemplate(find(id, principal).params, params),
  }
}

/** A shared template is for everyone who signed in, as a public model is. */
function requireSharing(principal: Principal): void {
  if (isAdmin(principal) || principal.permissions.sharing.public_models) return
  throw new EngineError('forbidden', 'You may not share with everyone. Save it for yourself, or ask an administrator.')
}
