// Owns what counts as an object of named things, and as a plain one: one that holds what it seems to hold.

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A Map has entries that nobody would see among its properties, another object inherits some. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false
  const prototype = Object.getPrototypeOf(value)
  // An Object.prototype of another realm has none of its own either.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
