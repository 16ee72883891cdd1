// A process that runs one program, its first and only one: SIZE ENGINE FUEL. Prints the nanoseconds it takes.
import { type Engine, loopProgram, timeOnce } from './once.js'

const [size = '', engine = '', fuel = ''] = process.argv.slice(2)
console.log(timeOnce(loopProgram(Number(size), 1), engine as Engine, Number(fuel)))
