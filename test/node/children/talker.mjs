// Makes COUNT connections to PORT, and writes a byte to the first, the rest or all of them, as each line says.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const [port, count] = process.argv.slice(2).map(Number)
const all = Array.from({ length: count }, () => connect(port, '127.0.0.1'))
const groups = { first: all.slice(0, 1), rest: all.slice(1), all }
createInterface(process.stdin).on('line', (name) => {
  for (const socket of groups[name]) socket.write('x')
})
