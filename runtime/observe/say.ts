import { type Logger, pino } from 'pino'
import type { Observer } from '../engine/observer.ts'

/** Log lines as JSON on stderr. Only what the engine says of itself: never a value, a key or a header of a record. */
export function sayer(service: string, level: string): { readonly say: Observer['say']; readonly logger: Logger } {
  const logger = pino({ level, base: { service }, messageKey: 'message' }, pino.destination({ fd: 2, sync: false }))
  return { logger, say: (at, message, fields) => logger[at](fields, message) }
}
