// Nodes that share a secret, and one that has another. With a secret, nodes may listen and dial beyond this machine.
import { randomBytes } from 'node:crypto'
import { IridiumNode } from 'iridium-node'

// What `npx iridium keygen` prints. In earnest it comes from a file or the environment, never from the source.
const secret = randomBytes(32).toString('base64url')
const other = randomBytes(32).toString('base64url')

const alpha = new IridiumNode({ alias: 'alpha', port: 0, secret })
// While a secret is being changed, nodes accept several; the first is the one that they dial with.
const beta = new IridiumNode({ alias: 'beta', port: 0, secret: [secret, other] })
const mallory = new IridiumNode({ alias: 'mallory', port: 0, secret: other })

alpha.on('memberJoined', ({ member }) => console.log('alpha sees', member.alias))
alpha.on('error', ({ code }) => console.log('alpha is told', code))

await alpha.start()
await beta.join(alpha.address)

try {
  await mallory.join(alpha.address)
} catch (error) {
  console.log('mallory is told', error.code, error.cause.errors[0].code)
}

await Promise.all([alpha, beta, mallory].map((node) => node.close()))

// prints:
// alpha sees beta
// alpha is told ERR_IRIDIUM_UNAUTHENTICATED
// mallory is told ERR_IRIDIUM_JOIN_FAILED ERR_IRIDIUM_UNAUTHENTICATED
