// Owns the bytes that the operands of .asciiz, .integer and .bytes stand for.
import type { Diagnostics } from './diagnostics.js'
import type { Operand } from './parser.js'
import { quote } from './visible.js'

const encoder = new TextEncoder()
const LONE_SURROGATE = /\p{Cs}/u

/** UTF-8, and a NUL. */
export function textBytes(operand: Operand, diagnostics: Diagnostics): Uint8Array {
  const { text, start } = operand
  const broken = text.search(LONE_SURROGATE)
  if (broken >= 0) {
    const at = start + 1 + broken
    diagnostics.report(
      'ParseError',
      { start: at, end: at + 1 },
      'half of a surrogate pair is no character: UTF-8 cannot encode it',
    )
  }
  return encoder.encode(`${text}\0`)
}

/** 4 bytes, little-endian. */
export function integerBytes({ value }: Operand): Uint8Array {
  return Uint8Array.of(value, value >> 8, value >> 16, value >> 24)
}

/** Pairs of hex digits; blanks and line ends between pairs are skipped. Undefined, and reported, for anything else. */
export function hexBytes(operand: Operand, diagnostics: Diagnostics): Uint8Array | undefined {
  const { text, start } = operand
  const bytes = new Uint8Array(text.length >> 1)
  let length = 0
  for (let at = 0; at < text.length; ) {
    if (isBlank(text.charCodeAt(at))) {
      at++
      continue
    }
    const high = hexDigit(text.charCodeAt(at))
    const low = hexDigit(text.charCodeAt(at + 1))
    if (high < 0 || low < 0) {
      const pair = text.slice(at, at + 2)
      const place = start + 1 + at
      diagnostics.report(
        'OperandMismatch',
        { start: place, end: place + pair.length },
        `.bytes takes pairs of hex digits, not ${quote(pair)}`,
        "it is written .bytes '0a ff'",
      )
      return undefined
    }
    bytes[length++] = high * 16 + low
    at += 2
  }
  return bytes.subarray(0, length)
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/** The value of a hex digit, or -1. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1
}
