// Runs before any module. Zod would try once whether it may compile its checks to code; the content security policy
// refuses that and reports the attempt. (`z.config({ jitless: true })` comes too late: chunks that make schemas run first.)
globalThis.__zod_globalConfig = { jitless: true }
