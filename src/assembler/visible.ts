// Owns how text that the assembler did not write appears in its messages: short, on one line, and without
// characters that would move the cursor, reorder the line or be invisible.
import { MAX_QUOTED } from '../core/limits.js'

// Controls, lone surrogates, formatting (bidirectional marks, zero widths), line and paragraph separators.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}]/u
const ALL_UNSAFE = new RegExp(UNSAFE, 'gu')
const CONTROL_PICTURES = 0x2400

/** Whether `text` can be shown as it is. */
export function isVisible(text: string): boolean {
  return !UNSAFE.test(text)
}

/** `text` with a picture in place of each character that is not to be shown; one for one. */
export function visible(text: string): string {
  return text.replace(ALL_UNSAFE, (character) => {
    const code = character.codePointAt(0) as number
    if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code)
    return code === 0x7f ? '\u2421' : '\ufffd'
  })
}

/** `text` as a message names it: clipped, visible, in quotes. */
export function quote(text: string): string {
  return `"${clip(text, MAX_QUOTED)}"`
}

/** The beginning of `text`, visible, of at most `length` UTF-16 code units and an ellipsis. */
export function clip(text: string, length: number): string {
  return text.length > length ? `${visible(text.slice(0, length))}...` : visible(text)
}
