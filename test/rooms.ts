// The rooms of the house, which may look into which, and what each may take from outside.
// docs/architecture.md says why.

export type Room =
  | 'core'
  | 'vm'
  | 'assembler'
  | 'protocol'
  | 'cluster'
  | 'transport'
  | 'node'
  | 'repl'
  | 'testing'
  | 'cli'

interface Allowed {
  readonly rooms: readonly Room[]
  /** Packages and node: modules, by how their names begin. */
  readonly packages: readonly string[]
}

export const rooms: Readonly<Record<Room, Allowed>> = {
  core: { rooms: [], packages: [] },
  vm: { rooms: ['core'], packages: [] },
  assembler: { rooms: ['core', 'vm'], packages: [] },
  protocol: { rooms: ['core'], packages: ['avsc', 'node:buffer'] },
  cluster: { rooms: ['core', 'protocol'], packages: [] },
  transport: {
    rooms: ['core'],
    packages: ['node:net', 'node:tls', 'node:crypto', 'node:dns', 'node:events'],
  },
  node: {
    rooms: ['core', 'vm', 'assembler', 'protocol', 'cluster', 'transport'],
    packages: ['eventemitter3', 'typed-emitter', 'avsc', 'node:'],
  },
  repl: { rooms: ['core', 'vm', 'assembler', 'node'], packages: ['node:'] },
  testing: { rooms: ['core', 'vm', 'transport', 'node'], packages: [] },
  cli: { rooms: ['core', 'vm', 'assembler', 'node', 'repl'], packages: ['node:'] },
}

export interface Arrow {
  readonly file: string
  readonly from: Room
  /** A room, or the name of a package or node: module. */
  readonly to: string
}

/** Every static and dynamic import and re-export of one file; entry points look everywhere and are left out. */
export function findArrows(
  file: string,
  text: string,
  resolveImport: (from: string, to: string) => string,
): Arrow[] {
  const from = file.split('/')[1] as Room
  if (!(from in rooms)) return []
  const found: Arrow[] = []
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)['"]([^'"]+)['"]/gm
  for (const [, target] of text.matchAll(pattern)) {
    if (target === undefined) continue
    const to = target.startsWith('.')
      ? (resolveImport(file, target).split('/')[1] as string)
      : target
    found.push({ file, from, to })
  }
  return found
}
