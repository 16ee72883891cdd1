// TLS passes the suite of transports, with both kinds of keys.
import { realClock } from '../../src/node/clock.js'
import { readSecurity, type SecurityOptions } from '../../src/node/security.js'
import { TcpTransport } from '../../src/transport/tcp.js'
import { conform } from '../transport/conformance.js'
import { authority, issue } from './certificates.js'

const ca = await authority('the cluster')
const member = await issue(ca)
const both = (options: SecurityOptions) => () => [make(options), make(options)] as [Tls, Tls]
type Tls = ReturnType<typeof make>

function make(options: SecurityOptions) {
  return new TcpTransport({ clock: realClock, ...readSecurity(options, 'iridium') })
}

conform('tls with a secret', both({ secret: Buffer.alloc(32, 1) }))
conform('tls with certificates', both({ tls: { ...member, ca: ca.cert } }))
