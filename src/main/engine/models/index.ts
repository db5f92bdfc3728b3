export { checkParams } from './parameters/check-params.ts'
export { parametersFor } from './parameters/parameters-for.ts'
export { createPresets, type PresetsOptions, type PresetsWithRecords } from './records/create-presets.ts'
export { createResolver, type ResolverOptions } from './resolve/create-resolver.ts'
