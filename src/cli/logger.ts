// Owns how log lines look: `2026-01-31T12:00:00.000Z debug the message key=value`.
import type { Logger } from '../core/logger.js'
import { printable } from '../repl/printable.js'

/** From the most to the least talkative. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** A logger that gives `write` whole lines, of `level` and above. */
export function createLogger(
  level: LogLevel,
  write: (line: string) => void,
  now: () => Date,
): Logger {
  const least = LOG_LEVELS.indexOf(level)
  const at = (name: Exclude<LogLevel, 'silent'>) => {
    if (LOG_LEVELS.indexOf(name) < least) return () => {}
    return (fields: object, message: string) => {
      const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${shown(value)}`)
      write(`${now().toISOString()} ${name.padEnd(5)} ${printable(message)}${pairs.join('')}\n`)
    }
  }
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
}

function shown(value: unknown): string {
  if (value instanceof Error) return printable(JSON.stringify(value.message))
  if (typeof value === 'string')
    return /^[^\s"=]+$/.test(value) ? printable(value) : printable(JSON.stringify(value))
  try {
    return printable(JSON.stringify(value) ?? String(value))
  } catch {
    return String(value)
  }
}
