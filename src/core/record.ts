// Owns which objects of the host's are taken for what they show: options, and plain records of texts.
import { badOption, describe, IridiumError } from './errors.js'

/**
 * Checks that `value` is an object with no properties but those `known`. An instance of a class may be one, if it has any
 * of them; what has none and is not plain was most likely meant otherwise: a promise that nobody has awaited, a signal.
 * @throws IridiumError ERR_IRIDIUM_BAD_OPTION
 */
export function readRecord(name: string, value: unknown, known: readonly string[]): object {
  if (!isRecord(value)) throw badOption(name, 'a plain object', value)
  const keys = Object.keys(value)
  if (keys.length === 0 && !isPlain(value)) throw badOption(name, 'a plain object', value)
  for (const key of keys) {
    if (known.includes(key)) continue
    throw new IridiumError(
      'ERR_IRIDIUM_BAD_OPTION',
      `${name} has an unknown property ${describe(key)}; known are ${known.join(', ')}`,
    )
  }
  return value
}

/** Whether it holds what it seems to hold: a Map has entries that nobody would see, another object inherits some. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false
  const prototype = Object.getPrototypeOf(value)
  // An Object.prototype of another realm has none of its own either.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
