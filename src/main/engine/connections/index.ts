export { LLAMA_CONNECTION_ID, llamaConnection } from './connection.ts'
export { type ConnectionsArea, type ConnectionsOptions, createConnections } from './create-connections.ts'
export type { CreateAdapter, OpenUpstream, UpstreamInput } from './live-connections.ts'
