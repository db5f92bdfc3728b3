import { serveTrial } from './engine/runtimes/llama/trust/trial-child.ts'

// Entry of the disposable process that loads a never-seen file once; see engine/runtimes/llama/trust.
serveTrial(process)
