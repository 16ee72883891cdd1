// Owns that a host's logger cannot harm the node.
import type { Logger } from '../core/logger.js'

/** The same logger; what it throws is dropped, since there is nowhere left to tell it. */
export function guardLogger(logger: Logger): Logger {
  const guard =
    (level: keyof Logger) =>
    (fields: object, message: string): void => {
      try {
        logger[level](fields, message)
      } catch {
        // a logger that fails must not fail the node
      }
    }
  return {
    trace: guard('trace'),
    debug: guard('debug'),
    info: guard('info'),
    warn: guard('warn'),
    error: guard('error'),
  }
}
