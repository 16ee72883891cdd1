// A peer of another version, as somebody in another language would write it: it knows a schema, plain avsc, and what
// docs/cluster.md says, and shares no code with the package but the transport.
import avro, { type Type } from 'avsc'
import type { Address } from '../../src/core/address.js'
import type {
  Connection,
  ConnectionHandler,
  Listener,
  Transport,
} from '../../src/transport/transport.js'

export interface PeerOptions {
  readonly transport: Transport
  /** The union, as protocol.avsc has it. */
  readonly schema: readonly { readonly name: string }[]
  readonly alias: string
  readonly minVersion?: number
  readonly maxVersion?: number
  readonly extensions?: Readonly<Record<string, Buffer>>
}

type Fields = Record<string, unknown>
export interface Received {
  readonly type: string
  readonly fields: Fields
}

/** One connection of the peer: what has come over it, decoded by the schema alone. */
export class PeerLink {
  readonly received: Received[] = []
  isClosed = false
  readonly #union: Type
  readonly #connection: Connection
  #bytes = Buffer.alloc(0)

  constructor(union: Type, connection: Connection) {
    this.#union = union
    this.#connection = connection
  }

  send(type: string, fields: Fields = {}): void {
    const content = this.#union.toBuffer({ [type]: fields })
    const header = Buffer.alloc(4)
    header.writeUInt32LE(content.length)
    this.#connection.write(Buffer.concat([header, content]))
  }

  close(): void {
    this.#connection.end(1000)
  }

  /** The messages of this type that have come. */
  all(type: string): Fields[] {
    return this.received.filter((each) => each.type === type).map(({ fields }) => fields)
  }

  handler(taken: (link: PeerLink, message: Received) => void): ConnectionHandler {
    return {
      data: (bytes) => {
        this.#bytes = Buffer.concat([this.#bytes, bytes])
        while (this.#bytes.length >= 4) {
          const end = 4 + this.#bytes.readUInt32LE(0)
          if (this.#bytes.length < end) return
          const wrapped = this.#union.fromBuffer(this.#bytes.subarray(4, end)) as Fields
          this.#bytes = this.#bytes.subarray(end)
          const [[type, fields]] = Object.entries(wrapped) as [[string, Fields]]
          const message = { type, fields }
          this.received.push(message)
          taken(this, message)
        }
      },
      drained() {},
      closed: () => {
        this.isClosed = true
      },
    }
  }
}

export class ScriptedPeer {
  readonly id: Buffer
  /** Every connection so far. */
  readonly links: PeerLink[] = []
  /** How it answers a Hello or Join; by default it takes the other in. */
  answer: (link: PeerLink, greeting: Received) => void = (link, { type }) => {
    link.send(`${type}Ack`, this.ack(type))
  }
  readonly #options: PeerOptions
  readonly #union: Type
  #listener: Listener | undefined

  constructor(options: PeerOptions) {
    this.#options = options
    this.#union = avro.Type.forSchema(options.schema as never)
    this.id = Buffer.alloc(16, options.alias)
  }

  get address(): Address {
    return this.#listener?.address as Address
  }

  async listen(): Promise<void> {
    this.#listener = await this.#options.transport.listen(
      { host: '127.0.0.1', port: 0 },
      { accepted: (connection) => this.#take(connection), failed: () => {} },
    )
  }

  /** Dials a node and introduces itself. */
  join(address: Address): Promise<PeerLink> {
    return new Promise((resolve, reject) => {
      this.#options.transport.dial(address, 5000, {
        connected: (connection) => {
          const handler = this.#take(connection)
          const link = this.links.at(-1) as PeerLink
          link.send('Hello', this.introduction())
          resolve(link)
          return handler
        },
        failed: (_reason, message) => reject(new Error(message)),
      })
    })
  }

  close(): void {
    this.#listener?.close()
    for (const link of this.links) link.close()
  }

  /** What it says in a Hello. */
  introduction(): Fields {
    const { host, port } = this.address
    return {
      ...this.#versions(),
      cluster: 'iridium',
      id: this.id,
      alias: this.#options.alias,
      incarnation: 0,
      host,
      port,
      tags: {},
      digest: Buffer.alloc(8),
      extensions: this.#options.extensions ?? {},
    }
  }

  ack(type: string): Fields {
    const { host, port } = this.address
    const self = { id: this.id, alias: this.#options.alias, incarnation: 0, host, port, tags: {} }
    return {
      ...this.#versions(),
      self,
      ...(type === 'Hello' ? { you: { host: '127.0.0.1', port: 1, incarnation: 1 } } : {}),
      digest: Buffer.alloc(8),
      nodes: [],
      more: false,
      extensions: this.#options.extensions ?? {},
    }
  }

  refuse(link: PeerLink, code: string, message: string): void {
    const { alias, extensions = {} } = this.#options
    const { id } = this
    const rest = { id, alias, incarnation: 0, holder: null, extensions }
    link.send('Refused', { ...this.#versions(), code, message, ...rest })
    link.close()
  }

  #versions(): Fields {
    const { minVersion = 1, maxVersion = 1 } = this.#options
    return { minVersion, maxVersion }
  }

  #take(connection: Connection): ConnectionHandler {
    connection.keep()
    const link = new PeerLink(this.#union, connection)
    this.links.push(link)
    return link.handler((from, message) => {
      if (message.type === 'Hello' || message.type === 'Join') this.answer(from, message)
      else if (message.type === 'Ping') from.send('Pong', message.fields)
      else if (message.type === 'Ask') from.send('Heard', { ids: [] })
    })
  }
}
