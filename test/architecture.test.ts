// Reads every import of src/ and holds it against the rooms of docs/architecture.md.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findArrows, type Room, rooms } from './rooms.js'

const root = resolve(import.meta.dirname, '..')
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name))

const arrows = sources.flatMap((file) =>
  findArrows(file, code(readFileSync(join(root, file), 'utf8')), (from, to) =>
    relative(root, resolve(root, from, '..', to)),
  ),
)

test('every source file belongs to a room or is an entry point', () => {
  const homeless = sources.filter(
    (file) => !/^src\/(index|vm-entry)\.ts$/.test(file) && !((file.split('/')[1] as Room) in rooms),
  )
  assert.equal(homeless, [])
})

test('imports point only where the architecture allows', () => {
  const wrong = arrows
    .filter(({ from, to }) => from !== to && !rooms[from].rooms.includes(to as Room))
    .filter(({ to }) => to in rooms)
  assert.equal(wrong, [])
})

test('packages and node: modules stand only where the architecture allows', () => {
  const wrong = arrows
    .filter(({ to }) => !(to in rooms))
    .filter(({ from, to }) => !rooms[from].packages.some((allowed) => to.startsWith(allowed)))
  assert.equal(wrong, [])
})

test('no room below node/ reads the clock, sets timers or draws random numbers', () => {
  const forbidden =
    /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|process\.)\b/
  const wrong = sources
    .filter((file) => /^src\/(core|vm|assembler|protocol|cluster)\//.test(file))
    .filter((file) => forbidden.test(code(readFileSync(join(root, file), 'utf8'))))
    // Vm's `now` option defaults to Date.now, by contract.
    .filter((file) => file !== 'src/vm/options.ts')
  assert.equal(wrong, [])
})

test('nothing in the library writes to the console', () => {
  const wrong = sources
    .filter((file) => !/^src\/cli\//.test(file))
    .filter((file) => /\bconsole\./.test(code(readFileSync(join(root, file), 'utf8'))))
  assert.equal(wrong, [])
})

function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
}

test('the check itself finds what it should', () => {
  const resolveImport = (from: string, to: string) => join(from, '..', to)
  const found = findArrows(
    'src/vm/x.ts',
    "import a from '../node/y.js'\nexport * from 'avsc'\nconst z = await import('node:fs')\nimport '../core/q.js'",
    resolveImport,
  )
  assert.equal(
    found.map(({ from, to }) => `${from} -> ${to}`),
    ['vm -> node', 'vm -> avsc', 'vm -> node:fs', 'vm -> core'],
  )
})

test.run()
