// Owns the lexis: where each token of a source begins and ends, and of which kind it is. It reads forward,
// looks at each character a bounded number of times and keeps one token; it does not know what an
// instruction or a directive is.
//
//   word        LOAD, addf64, my_label    letters, digits, _       malformed   text that is no token
//   label       loop:                     a word and a colon       end         the source is over
//   directive   .data                     . and a word
//   register    $31                       $ and digits             ; comment   to the end of the line
//   integer     #-5                       # and digits             blanks, tabs and line ends only separate
//   fraction    #1.5                      # and digits, . digits
//   use         @loop                     @ and a word
//   string      'any text'                anything but '
import type { Problem } from './malformed.js'

export type TokenKind =
  | 'word'
  | 'label'
  | 'directive'
  | 'register'
  | 'integer'
  | 'fraction'
  | 'use'
  | 'string'
  | 'malformed'
  | 'end'

const OTHER = 0
const SPACE = 1
const LETTER = 2
const DIGIT = 3
const MARK = 4

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const DOUBLE_QUOTE = 0x22
const QUOTE = 0x27
const MINUS = 0x2d
const DOT = 0x2e
const COLON = 0x3a
const SEMICOLON = 0x3b
const BYTE_ORDER_MARK = 0xfeff

const FOREIGN_BLANK = /^\s$/

const CLASSES = new Uint8Array(128)
const classify = (characters: string, characterClass: number): void => {
  for (const character of characters) CLASSES[character.charCodeAt(0)] = characterClass
}
classify(' \t\r\n', SPACE)
classify('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_', LETTER)
classify('0123456789', DIGIT)
classify('$#@.\'";:,', MARK)

export function isDigit(code: number): boolean {
  return CLASSES[code] === DIGIT
}

/** One token at a time: `kind`, and its text from `start` to `end` (offsets in UTF-16 code units). */
export class Lexer {
  readonly source: string
  kind: TokenKind = 'end'
  start = 0
  end = 0
  /** Of a malformed token: what is wrong with it. */
  problem: Problem = 'character'
  /** Where the latest string that spans lines began, or -1. */
  longString = -1
  /** Where the next token begins: what separates tokens has been skipped. */
  #next: number

  constructor(source: string) {
    this.source = source
    this.#next = this.#skip(source.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0)
    this.advance()
  }

  get text(): string {
    return this.source.slice(this.start, this.end)
  }

  /** Goes to the next token; at the end it stays there. */
  advance(): void {
    this.start = this.#next
    this.kind = this.#scan()
    this.#next = this.#skip(this.end)
    if (this.source.charCodeAt(this.#next) !== COLON) return
    if (this.kind === 'word') this.kind = 'label'
    // A malformed name keeps its colon, so that one mistake is reported once.
    else if (this.kind !== 'malformed' || this.#next !== this.end) return
    this.#next = this.#skip(this.#next + 1)
  }

  #scan(): TokenKind {
    const { source, start } = this
    if (start >= source.length) {
      this.end = start
      return 'end'
    }
    const code = source.charCodeAt(start)
    if (this.#class(start) !== MARK) return this.#name()
    switch (code) {
      case 0x24:
        return this.#marked('register', 'register', this.#digits(start + 1))
      case 0x40:
        return this.#marked('use', 'use', this.#word(start + 1))
      case DOT:
        return this.#marked('directive', 'directive', this.#word(start + 1))
      case 0x23:
        return this.#number()
      case QUOTE:
        return this.#string()
      case DOUBLE_QUOTE:
        return this.#malformed('doubleQuotes', this.#closing(DOUBLE_QUOTE))
      case COLON:
        return this.#malformed('colon', start + 1)
      default:
        return this.#malformed('comma', start + 1)
    }
  }

  /** A word, or a run of characters of which some belong to no token. */
  #name(): TokenKind {
    if (this.#isForeignBlank(this.start)) return this.#malformed('blank', this.start + 1)
    const wordEnd = this.#word(this.start)
    this.end = this.#run(wordEnd)
    if (this.end === wordEnd) return 'word'
    return this.#malformed(wordEnd > this.start ? 'name' : 'character', this.end)
  }

  /** A token of a mark and what must follow it, up to `end`; `end` right behind the mark means that nothing did. */
  #marked(kind: TokenKind, problem: Problem, end: number): TokenKind {
    if (end === this.start + 1) return this.#malformed(problem, this.#run(end))
    this.end = end
    return kind
  }

  #number(): TokenKind {
    const { source, start } = this
    const digits = source.charCodeAt(start + 1) === MINUS ? start + 2 : start + 1
    const whole = this.#digits(digits)
    if (whole === digits) return this.#malformed('number', this.#run(digits))
    this.end = whole
    if (source.charCodeAt(whole) !== DOT || this.#class(whole + 1) !== DIGIT) return 'integer'
    this.end = this.#digits(whole + 1)
    return 'fraction'
  }

  #string(): TokenKind {
    const { source, start } = this
    const closing = source.indexOf("'", start + 1)
    // No quote follows at all: reading on behind this line finds what else is wrong.
    if (closing < 0) return this.#malformed('unterminated', this.#lineEnd(start))
    this.end = closing + 1
    if (this.#lineEnd(start, closing) < closing) this.longString = start
    return 'string'
  }

  #malformed(problem: Problem, end: number): TokenKind {
    this.problem = problem
    this.end = end
    return 'malformed'
  }

  /** Behind `mark`'s next occurrence in this line, or the line's end. */
  #closing(mark: number): number {
    const { source } = this
    let at = this.start + 1
    for (; at < source.length && !isLineEnd(source.charCodeAt(at)); at++) {
      if (source.charCodeAt(at) === mark) return at + 1
    }
    return at
  }

  #lineEnd(from: number, limit = this.source.length): number {
    let at = from
    while (at < limit && !isLineEnd(this.source.charCodeAt(at))) at++
    return at
  }

  #word(from: number): number {
    let at = from
    while (this.#class(at) === LETTER || this.#class(at) === DIGIT) at++
    return at
  }

  #digits(from: number): number {
    let at = from
    while (this.#class(at) === DIGIT) at++
    return at
  }

  /** Up to the next separator or mark. */
  #run(from: number): number {
    let at = from
    while (at < this.source.length && this.#class(at) !== SPACE && this.#class(at) !== MARK) {
      if (this.#isForeignBlank(at)) break
      at++
    }
    return at
  }

  /** A blank that only looks like one, as in text that was copied from a page. */
  #isForeignBlank(at: number): boolean {
    return this.#class(at) === OTHER && FOREIGN_BLANK.test(this.source.charAt(at))
  }

  #skip(from: number): number {
    let at = from
    for (;;) {
      if (this.#class(at) === SPACE) at++
      else if (this.source.charCodeAt(at) === SEMICOLON) at = this.#lineEnd(at)
      else return at
    }
  }

  #class(at: number): number {
    return CLASSES[this.source.charCodeAt(at)] ?? OTHER
  }
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN
}
