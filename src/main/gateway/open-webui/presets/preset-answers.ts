import { EVERYONE } from '#shared/access.ts'
import type { Preset } from '#shared/presets.ts'
import type { Principal } from '../../../engine/spec/principal.ts'
import { personCardToJson } from '../../../engine/wire/open-webui/person-json.ts'
import { presetToJson } from '../../../engine/wire/open-webui/preset-json.ts'
import type { Exchange } from '../../exchange.ts'

/** A record as Open WebUI has it, with its access in the newer form and, where that can say it, in the older one. */
export function recordToJson(preset: Preset): Record<string, unknown> {
  return presetToJson(preset, { form: 'both' })
}

/**
 * A record as one person may see it: parameters, and with them the system prompt, are for those who may change it, and
 * so is whom else it is shared with. Beside the record stand its owner and `write_access`.
 */
export function recordFor(exchange: Exchange, preset: Preset): Record<string, unknown> {
  const { access, team } = exchange.gateway.engine
  const canWrite = access.mayWrite(exchange.principal, preset)
  const owner = team.person(preset.ownerId)
  const shown = canWrite ? preset : { ...preset, params: {}, grants: concerning(preset, exchange.principal) }
  return {
    ...recordToJson(shown),
    user: owner === null ? null : personCardToJson(owner),
    write_access: canWrite,
  }
}

function concerning({ grants }: Preset, { id, groupIds }: Principal): Preset['grants'] {
  return grants.filter(({ principalType, principalId }) => {
    if (principalType === 'group') return groupIds.includes(principalId)
    return principalType === 'anyone' || principalId === EVERYONE || principalId === id
  })
}

/** A JSON array in pieces, one per record, so that thousands of them do not hold up the loop. */
export function* arrayPieces(records: Iterable<Preset>): Generator<string> {
  let separator = '['
  for (const record of records) {
    yield separator + JSON.stringify(recordToJson(record))
    separator = ','
  }
  yield separator === '[' ? '[]' : ']'
}
