// npm run demo: four nodes in four processes meet, run programs, and notice a death, a leave and a return.
// Ends with code 0 if everything happened that should, and leaves no process behind in any case.
import { existsSync } from 'node:fs'
import { killAll, Player } from './player.mjs'
import { line, mesh, plain, scene } from './stage.mjs'

/** The story takes a second or two; what takes this long has gone wrong. */
const DEADLINE_MS = 18_000

const PROGRAM = `.data
text: .asciiz 'I am ALIAS, and the sum of 1 to 100 is in $2'
.code
      LOAD $1 #100
more: ADD $2 $1 $2
      DEC $1
      NEQ $0 $1
      DJMPE @more
      PRTS @text
      HLT`

const WHY = {
  left: 'it said goodbye',
  failed: 'it has died',
  replaced: 'a newer one took its place',
}

const texts = {
  listening: ({ host, port }) => `listens on ${host}:${port}`,
  message: ({ message }) => message.replace(/ \(\d[^)]*\)/g, ''),
  helloAck: ({ seed, others }) =>
    `learns from ${seed} who else is here: ${others.join(' and ') || 'nobody'}`,
  memberJoined: ({ alias, incarnation }) =>
    `has a new member: ${alias}${incarnation > 1 ? `, in its incarnation ${incarnation}` : ''}`,
  memberSuspected: ({ alias }) => `gets no answer from ${alias}`,
  memberLeft: ({ alias, reason }) => `has lost ${alias}: ${reason} (${WHY[reason]})`,
  ran: ({ output, sum, instructionCount }) =>
    `"${output}": ${sum}, after ${instructionCount} instructions`,
  closed: () => 'has left and closed',
}

const deadline = setTimeout(() => end(new Error('the story takes too long')), DEADLINE_MS)
process.once('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

if (!existsSync(new URL('../dist/index.js', import.meta.url))) {
  end(new Error('the package is not built yet; npm run build does so'))
}
play().then(() => end(), end)

async function play() {
  const begun = Date.now()
  plain('Four Iridium nodes, each in a process of its own, on this machine.')

  await scene('They start', [
    'Every node listens on a port of its own. They do not know of each other yet.',
  ])
  const [alpha, beta, gamma, delta] = ['alpha', 'beta', 'gamma', 'delta'].map(start)
  const all = [alpha, beta, gamma, delta]
  await Promise.all(all.map((player) => player.told('listening')))

  await scene('They meet', [
    'A newcomer says Hello to any one member. HelloAck tells it who else is here, and it says Join to',
    'each of those: so every pair of nodes shares a link, whoever was asked.',
  ])
  await join(beta, alpha, [alpha])
  await join(gamma, beta, [alpha, beta])
  await join(delta, alpha, [alpha, beta, gamma])

  await scene('Each runs a program', [
    'The same program, in the sandbox of each node, metered by fuel:',
  ])
  plain(`${PROGRAM.replace(/^/gm, '     ')}\n`)
  for (const player of all) player.order('run', { source: PROGRAM.replace('ALIAS', player.alias) })
  await Promise.all(
    all.map((player) => player.told('ran', ({ sum, code }) => sum === 5050 && code === 0)),
  )

  await scene('delta is killed', [
    'SIGKILL: its process ends without a word. The others see their links break, ask again at its',
    'address, and find that nobody is there.',
  ])
  const killed = Date.now()
  delta.kill()
  line('delta', killed, `is killed: process ${delta.pid} ends`)
  const death = await noticed([alpha, beta, gamma], delta, 'failed', killed)

  await scene('gamma leaves', [
    'It says goodbye on each of its links, so that nobody needs to wonder.',
  ])
  const leaving = Date.now()
  gamma.order('leave')
  const goodbye = await noticed([alpha, beta], gamma, 'left', leaving)
  await gamma.told('closed')

  await scene('delta comes back', [
    'A new process with the old name, on another port. It finds the others through beta.',
  ])
  const again = start('delta')
  await again.told('listening')
  await join(again, beta, [alpha, beta])

  const seconds = ((Date.now() - begun) / 1000).toFixed(1)
  plain(`
Everything happened as it should, in ${seconds} s: the death was noticed everywhere after ${death} ms,
the goodbye after ${goodbye} ms. What you saw is written in demo/main.mjs.`)
}

function start(alias) {
  const player = new Player(alias, (message) => {
    const text = texts[message.what]?.(message)
    if (text !== undefined) line(alias, message.at, text)
  })
  player.order('start')
  return player
}

/** Resolves when the newcomer and each of `others` have each other as members; shows the mesh then. */
async function join(newcomer, seed, others) {
  const since = Date.now()
  const { host, port } = await seed.told('listening')
  newcomer.order('join', { seed: `${host}:${port}` })
  await newcomer.told('helloAck', ({ seed: alias }) => alias === seed.alias, since)
  const has = (player, other) =>
    player.told('memberJoined', ({ alias }) => alias === other.alias, since)
  await Promise.all(others.flatMap((other) => [has(other, newcomer), has(newcomer, other)]))
  await showMesh([...others, newcomer])
}

/** After how many milliseconds the last of the observers has noticed that a member is gone, and why. */
async function noticed(observers, gone, why, since) {
  const fits = ({ alias, reason }) => alias === gone.alias && reason === why
  const told = await Promise.all(observers.map((player) => player.told('memberLeft', fits, since)))
  return Math.max(...told.map(({ at }) => at - since))
}

/** The mesh as each node itself sees it; throws unless everyone is linked with everyone. */
async function showMesh(players) {
  const since = Date.now()
  for (const player of players) player.order('members')
  const told = await Promise.all(players.map((player) => player.told('members', undefined, since)))
  mesh(told.map(({ from, members }) => [from, members]))
  for (const { from, members } of told) {
    const missing = players.filter(({ alias }) => alias !== from && !members.includes(alias))
    if (missing.length > 0) throw new Error(`${from} is not linked with ${missing[0].alias}`)
  }
}

function end(error) {
  clearTimeout(deadline)
  if (error !== undefined) plain(`\nThis should not have happened: ${error.message}`)
  process.exit(error === undefined ? 0 : 1)
}
