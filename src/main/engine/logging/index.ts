export { type AppLogger, createLogger, type LoggerOptions, type LogLevel } from './create-logger.ts'
export { redactFields, redactText } from './redact.ts'
