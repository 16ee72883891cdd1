// One node of the demo, in a process of its own. It does what the demo tells it, and tells what happens to it.
import { assemble, IridiumNode } from 'iridium-node'

const [alias] = process.argv.slice(2)

const tell = (what, fields = {}) => {
  if (process.connected) process.send({ from: alias, at: Date.now(), what, ...fields })
}

// The messages that build the mesh are no events; a node tells of them in its log.
const ignore = () => {}
const trace = (_fields, message) => {
  if (/^(Hello|HelloAck) |^Join sent /.test(message)) tell('message', { message })
}
const logger = { trace, debug: ignore, info: ignore, warn: ignore, error: ignore }

const node = new IridiumNode({ alias, port: 0, logger })
node.on('helloAck', ({ from, nodes }) =>
  tell('helloAck', { seed: from.alias, others: nodes.map((member) => member.alias) }),
)
node.on('memberJoined', ({ member }) =>
  tell('memberJoined', { alias: member.alias, incarnation: member.incarnation }),
)
node.on('memberSuspected', ({ member }) => tell('memberSuspected', { alias: member.alias }))
node.on('memberLeft', ({ member, reason }) => tell('memberLeft', { alias: member.alias, reason }))

const orders = {
  start: async () => {
    await node.start()
    tell('listening', node.address)
  },
  join: ({ seed }) => node.join(seed),
  run: async ({ source }) => {
    const { output, stop, registers, instructionCount } = await node.run(assemble(source), {
      fuel: 1_000_000,
    })
    tell('ran', { output, code: stop.code, sum: registers[2], instructionCount })
  },
  members: () => tell('members', { members: [...node.members.keys()] }),
  leave: async () => {
    await node.close()
    tell('closed')
    process.disconnect()
  },
}

process.on('message', ({ order, ...fields }) => {
  Promise.resolve(orders[order](fields)).catch((error) =>
    tell('failed', { order, message: error.message }),
  )
})
// The demo has gone: nothing must stay behind.
process.on('disconnect', () => node.close().then(() => process.exit()))
