// node silent-strangers.mjs PORT COUNT: connects COUNT times, or for 20 s on a machine that is too busy for that, says
// nothing, and stays. Prints how many were let in.
import { connect } from 'node:net'

const [port, count] = process.argv.slice(2).map(Number)
/** Connections at a time that are not yet answered: what a listener's queue holds. */
const AT_ONCE = 256
let begun = 0
let opened = 0
let pending = 0

function next() {
  while (pending < AT_ONCE && begun < count) {
    begun++
    pending++
    const socket = connect({ port, host: '127.0.0.1' })
    let answered = false
    const answer = () => {
      if (answered) return
      answered = true
      pending--
      next()
    }
    socket.on('connect', () => {
      opened++
      answer()
    })
    socket.on('error', answer)
    socket.resume()
  }
  if (begun === count && pending === 0) tell()
}

function tell() {
  begun = count
  pending = Number.NaN
  process.stdout.write(`${opened}\n`)
}

setTimeout(() => Number.isNaN(pending) || tell(), 20_000)
setTimeout(() => process.exit(1), 50_000)
next()
