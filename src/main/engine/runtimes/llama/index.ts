export { createLlamaRuntime, type LlamaRuntimeParts } from './llama-runtime.ts'
