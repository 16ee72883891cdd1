// Owns which objects of the host's are taken for options: those that show what they hold, and hold nothing unknown.
import { badOption, describe, IridiumError } from './errors.js'
import { isObject, isPlain } from './plain.js'

/**
 * Checks that `value` is an object with no properties but those `known`. An instance of a class may be one, if it has any
 * of them, be it by a getter of its class; what has none and is not plain was most likely meant otherwise: a promise that nobody has awaited, a signal.
 * @throws IridiumError ERR_IRIDIUM_BAD_OPTION
 */
export function readRecord(name: string, value: unknown, known: readonly string[]): object {
  const keys = isObject(value) ? Object.keys(value) : []
  const holdsAny = keys.length > 0 || (isObject(value) && known.some((key) => key in value))
  if (!holdsAny && !isPlain(value)) throw badOption(name, 'a plain object', value)
  for (const key of keys) {
    if (known.includes(key)) continue
    throw new IridiumError(
      'ERR_IRIDIUM_BAD_OPTION',
      `${name} has an unknown property ${describe(key)}; known are ${known.join(', ')}`,
    )
  }
  return value as object
}
