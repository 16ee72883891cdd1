// How the demo looks: scenes, lines with the time and the node that they come from, the mesh as a table.
import { env, stdout } from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { styleText } from 'node:util'

const SHADES = { alpha: 'cyan', beta: 'green', gamma: 'magenta', delta: 'yellow' }
/** A pause between scenes, so that people can follow; nobody waits when nobody looks. */
const PAUSE_MS = stdout.isTTY ? 700 : 0

const coloured = stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb'
const paint = (style, text) => (coloured ? styleText(style, text) : text)
const nameOf = (alias) => paint(SHADES[alias] ?? 'reset', alias.padEnd(6))

let sceneStart = Date.now()
let scenes = 0

/** Times of the lines that follow count from here. */
export async function scene(title, text) {
  if (scenes > 0) await delay(PAUSE_MS)
  scenes += 1
  stdout.write(`\n${paint('bold', `${scenes}. ${title}`)}\n`)
  for (const line of text) stdout.write(`   ${paint('dim', line)}\n`)
  stdout.write('\n')
  sceneStart = Date.now()
}

/** `at`: when it happened, in milliseconds since the epoch. */
export function line(alias, at, text) {
  const time = `+${Math.max(0, at - sceneStart)} ms`.padStart(10)
  stdout.write(`${paint('dim', time)}   ${nameOf(alias)}  ${text}\n`)
}

export function plain(text) {
  stdout.write(`${text}\n`)
}

/** Who is linked with whom, as each node itself says. `views`: a list of [alias, aliases of its members]. */
export function mesh(views) {
  const aliases = views.map(([alias]) => alias)
  const row = (name, cells) =>
    stdout.write(`${' '.repeat(13)}${name}  ${cells.join('  ').trimEnd()}\n`)
  stdout.write('\n')
  row(' '.repeat(6), aliases.map(nameOf))
  for (const [alias, members] of views) {
    const cells = aliases.map((other) => {
      if (other === alias) return ' '.repeat(6)
      return (members.includes(other) ? 'linked' : '-').padEnd(6)
    })
    row(nameOf(alias), cells)
  }
  stdout.write('\n')
}
