// Owns what may be the name of something that others see: an alias, a cluster.

const encoder = new TextEncoder()

/** Whether `value` is text of 1 to `maxBytes` bytes of UTF-8, without control characters and halves of surrogate pairs. */
export function isName(value: unknown, maxBytes: number): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    // three bytes are the most that a unit of UTF-16 takes
    (value.length * 3 <= maxBytes || byteLength(value) <= maxBytes) &&
    !/[\p{Cc}\p{Cs}]/u.test(value)
  )
}

/** Bytes of `text` in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length
}
