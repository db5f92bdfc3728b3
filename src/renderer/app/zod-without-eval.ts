import { z } from 'zod'

// Imported before anything that makes a schema: zod would try once whether it may compile its checks to code, and the
// content security policy would refuse and report the attempt.
z.config({ jitless: true })
