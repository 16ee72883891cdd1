// TLS: the contract of transports with both kinds of keys.
import { realClock } from '../../src/node/clock.js'
import { TcpTransport } from '../../src/transport/tcp.js'
import { TlsEncryption } from '../../src/transport/tls.js'
import { secretKeys } from '../../src/transport/tls-secret.js'
import { conform } from '../transport/conformance.js'

const secret = () =>
  new TcpTransport({
    clock: realClock,
    loopbackOnly: false,
    encryption: new TlsEncryption(secretKeys([Buffer.alloc(32, 1)])),
  })

conform('tls with a secret', () => [secret(), secret()])
