export { createRpcHttpHandler } from './http-handler.ts'
export { createRpcPortHandler } from './port-handler.ts'
