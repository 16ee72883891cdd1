// Two nodes, here in one process: each could as well live on a host of its own.
import { assemble, IridiumNode } from 'iridium-node'

const alpha = new IridiumNode({ alias: 'alpha', port: 0 })
const beta = new IridiumNode({ alias: 'beta', port: 0, tags: { zone: 'north' } })

alpha.on('memberJoined', ({ member }) => console.log('alpha sees', member.alias, member.tags.zone))
beta.on('helloAck', ({ from }) => console.log('beta was greeted by', from.alias))

await alpha.start()
await beta.join(alpha.address)
console.log('beta lists', [...beta.members.keys()])

// A program runs on a machine of its own, in slices that leave the event loop to others.
const program = assemble(`
.data
text: .asciiz 'counted to '
.code
        LOAD $1 #100000
again:  INC $0
        NEQ $0 $1
        DJMPE @again
        PRTS @text
        HLT
`)
const { stop, registers, output } = await beta.run(program, { fuel: 1_000_000 })
console.log(stop.kind, output + registers[0])

await beta.close()
await alpha.close()

// prints:
// alpha sees beta north
// beta was greeted by alpha
// beta lists [ 'alpha' ]
// halted counted to 100000
