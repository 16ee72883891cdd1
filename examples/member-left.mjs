// Reacting to the loss of a member: whoever is left takes its work over.
import { IridiumNode } from 'iridium-node'

const [alpha, beta, gamma] = ['alpha', 'beta', 'gamma'].map(
  (alias) => new IridiumNode({ alias, port: 0 }),
)

/** Everyone computes the same owner from the same members, so nobody has to be asked. */
const owner = (node, job) => {
  const aliases = [node.alias, ...node.members.keys()].sort()
  return aliases[job % aliases.length]
}

await alpha.start()
await beta.join(alpha.address)
await gamma.join(alpha.address)
console.log('jobs 0 to 2 belong to', [0, 1, 2].map((job) => owner(alpha, job)).join(', '))

const left = alpha.waitFor('memberLeft', { filter: ({ member }) => member.alias === 'beta' })
await beta.close()
const { member, reason } = await left
console.log(`${member.alias} is gone: ${reason}`)
console.log('jobs 0 to 2 belong to', [0, 1, 2].map((job) => owner(alpha, job)).join(', '))

await Promise.all([alpha.close(), gamma.close()])

// prints:
// jobs 0 to 2 belong to alpha, beta, gamma
// beta is gone: left
// jobs 0 to 2 belong to alpha, gamma, alpha
