// Owns tab completion: pure functions from what is typed to what could follow.
import { INSTRUCTIONS } from '../vm/instructions.js'
import { COMMAND_BY_NAME, COMMANDS } from './commands.js'

export interface Surroundings {
  /** Labels that are known. */
  readonly symbols: Iterable<string>
  /** The names in a folder, those of folders with a slash at the end; empty where it cannot be read. */
  readonly list: (folder: string) => readonly string[]
}

const MNEMONICS = INSTRUCTIONS.map(({ mnemonic }) => mnemonic)
const DIRECTIVES = ['.asciiz', '.bytes', '.code', '.data', '.integer']

/** What readline wants: the candidates, and the piece at the end of the line that they would replace. */
export function complete(line: string, { symbols, list }: Surroundings): [string[], string] {
  const [, name, path] = line.match(/^!(\S+)\s+(.*)$/) ?? []
  if (name !== undefined && path !== undefined) {
    return COMMAND_BY_NAME.get(name)?.path ? [paths(path, list), path] : [[], path]
  }
  const word = line.match(/\S*$/)?.[0] ?? ''
  if (line.startsWith('!'))
    return [
      starting(
        COMMANDS.map((command) => `!${command.name}`),
        word,
      ),
      word,
    ]
  if (word.startsWith('@')) {
    const declaredHere = [...line.matchAll(/([A-Za-z0-9_]+)\s*:/g)].map(([, name]) => `${name}`)
    const names = new Set([...symbols, ...declaredHere])
    return [
      starting(
        [...names].map((name) => `@${name}`),
        word,
      ),
      word,
    ]
  }
  if (word.startsWith('.')) return [starting(DIRECTIVES, word), word]
  const lower = word !== '' && word === word.toLowerCase()
  return [starting(lower ? MNEMONICS.map((name) => name.toLowerCase()) : MNEMONICS, word), word]
}

function starting(candidates: readonly string[], word: string): string[] {
  return candidates.filter((candidate) => candidate.startsWith(word))
}

function paths(path: string, list: Surroundings['list']): string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  return list(folder === '' ? '.' : folder)
    .map((name) => folder + name)
    .filter((candidate) => candidate.startsWith(path))
}
