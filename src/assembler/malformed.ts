// Owns what the assembler says about text that is no token: what it looks like, and what was probably meant.
import { quote } from './visible.js'

/** What is wrong with a malformed token. */
export type Problem =
  | 'register'
  | 'number'
  | 'use'
  | 'directive'
  | 'unterminated'
  | 'doubleQuotes'
  | 'comma'
  | 'colon'
  | 'blank'
  | 'name'
  | 'character'

export interface Explanation {
  readonly message: string
  readonly hint?: string
}

export function explain(problem: Problem, text: string): Explanation {
  switch (problem) {
    case 'register':
      return {
        message: `${quote(text)} is no register`,
        hint: 'a register is $ and its number, as in $0',
      }
    case 'number':
      return {
        message: `${quote(text)} is no number`,
        hint: 'a number is # and decimal digits, as in #10 or #-5',
      }
    case 'use':
      return { message: `${quote(text)} names no label`, hint: 'a label is used as @name' }
    case 'directive':
      return {
        message: `${quote(text)} is no directive`,
        hint: 'a directive is a dot and its name, as in .data',
      }
    case 'unterminated':
      return { message: 'the string is not closed' }
    case 'doubleQuotes':
      return {
        message: 'double quotes do not make a string',
        hint: "a string stands in single quotes: 'text'",
      }
    case 'comma':
      return {
        message: 'a comma belongs to no statement',
        hint: 'operands are separated by blanks',
      }
    case 'colon':
      return {
        message: 'a colon without a name before it',
        hint: 'a label is declared as name:',
      }
    case 'blank':
      return {
        message: `the character ${codePoint(text)} does not belong here`,
        hint: 'words are separated by ordinary blanks',
      }
    case 'name':
      return {
        message: `${quote(text)} is no name`,
        hint: 'a name consists of the letters a to z, digits and _',
      }
    case 'character':
      return character(text)
    default:
      return problem satisfies never
  }
}

function character(text: string): Explanation {
  const message = `${quote(text)} does not belong here`
  if (/^[-+]?\d/.test(text)) return { message, hint: 'a number begins with #' }
  if (/^(\/\/|\/\*|--|!|%|\*)/.test(text)) return { message, hint: 'a comment begins with ;' }
  return { message }
}

function codePoint(text: string): string {
  const code = text.codePointAt(0) as number
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
