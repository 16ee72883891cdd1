// Owns what counts as a plain object: one that holds what it seems to hold.

/** A Map has entries that nobody would see among its properties, another object inherits some. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  // An Object.prototype of another realm has none of its own either.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
