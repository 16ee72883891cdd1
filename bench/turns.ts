// Times the turns of the event loop beside ten hostile programs under `node.run`.
import { assemble, IridiumNode, type Program } from '../src/index.js'
import { row } from './measure.js'

const SECONDS = 5
const START = 68

const program = (code: string, data = '') => assemble(`.data\n${data}\n.code\n${code}`)
const times = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n')

/** Each does one thing without an end, or until it has all that it may have; with one that prints a long text. */
function hostilePrograms(): Program[] {
  return [
    program(`l: LOAD $0 #${START}\nJMP $0`),
    program('f: CALL @f'),
    program(`l: PUSH $0\nINC $0\nLOAD $1 #${START}\nJMP $1`),
    program(`l: ALOC $0\nLOAD $1 #${START}\nJMP $1`),
    program('LOAD $0 #64\nl: ALOC $0\nSETM $1 $1\nADD $1 $0 $1\nEQ $0 $0\nDJMPE @l'),
    // A jump storm in which nearly every block leads to a far one.
    program(times(4000, (at) => `LOAD $1 #${START + 4 * ((at * 7919) % 8000)}\nJMP $1`)),
    program(`LOAD $0 #7
      LOAD $1 #3
      LOAD $9 #${START + 12}
      t: ${times(3000, () => 'DIV $0 $1 $2\nEQ $2 $1\nDJMPE @t')}
      JMP $9`),
    // 10 back from behind the opcode: what lies behind so long a text has no label that an operand could hold.
    program('LOAD $0 #10\nPRTS @t\nNOP\nJMPB $0', `t: .asciiz '${'x'.repeat(2 ** 20)}'`),
    // A word on each page of a heap of 16 MiB, again and again.
    program(`LOAD $0 #250\nLUI $0 #0\nALOC $0\nLOAD $2 #4096\nl: SETM $1 $0\nADD $1 $2 $1\nLT $1 $0\nDJMPE @l
      LOAD $1 #0\nEQ $0 $0\nDJMPE @l`),
    program('LOADF64 $1 #3\nl: DIVF64 $0 $1 $2\nADDF64 $2 $1 $3\nEQF64 $3 $3\nDJMPE @l'),
  ]
}

/** In milliseconds, the shortest first. "Own" is at most what this process had of the processor, with its helping threads. */
export async function turnsBesideHostile(): Promise<string[]> {
  const node = new IridiumNode()
  const controller = new AbortController()
  const runs = hostilePrograms().map((each) => node.run(each, { signal: controller.signal }))
  const ended = Promise.allSettled(runs)
  const byClock: number[] = []
  const own: number[] = []
  const end = performance.now() + SECONDS * 1000
  let usage = process.cpuUsage()
  for (let last = performance.now(); last < end; last = performance.now()) {
    await new Promise((resolve) => setImmediate(resolve))
    const turn = performance.now() - last
    const { user, system } = process.cpuUsage(usage)
    usage = process.cpuUsage()
    byClock.push(turn)
    own.push(Math.min(turn, (user + system) / 1000))
  }
  controller.abort()
  await ended
  await node.close()
  return [
    row(`of ${byClock.length} turns`, 'median', '99 of 100', 'worst', 'above 10 ms'),
    turnsRow('by the clock', byClock),
    turnsRow('own at most', own),
  ]
}

function turnsRow(name: string, turns: number[]): string {
  const sorted = turns.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] as number
  const above = sorted.filter((turn) => turn > 10).length
  return row(name, ...[at(0.5), at(0.99), at(1)].map((ms) => `${ms.toFixed(1)} ms`), `${above}`)
}
