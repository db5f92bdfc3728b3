export { createJobs, type JobsOptions } from './create-jobs.ts'
export { createOllamaServers } from './ollama-servers.ts'
