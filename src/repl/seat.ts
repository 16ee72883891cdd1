// Owns the node that a session acts through, and where it listens: at the configured port, or, where
// nobody asked for that port and another process has it, at a free one.

import type { Address } from '../core/address.js'
import { IridiumError } from '../core/errors.js'
import type { IridiumNode } from '../node/iridium-node.js'

export interface SeatOptions {
  /** Makes a node that will listen at this port; 0 stands for a free one. */
  readonly create: (port: number) => IridiumNode
  readonly port: number
  /** Whether a free port will do where `port` is taken. */
  readonly anyPort: boolean
}

export interface Listening {
  readonly address: Address
  /** The port that should have been, where another process has it. */
  readonly taken?: number
}

export class Seat {
  readonly #options: SeatOptions
  readonly #nodes: IridiumNode[]

  constructor(options: SeatOptions) {
    this.#options = options
    this.#nodes = [options.create(options.port)]
  }

  get node(): IridiumNode {
    return this.#nodes.at(-1) as IridiumNode
  }

  /**
   * Listens, unless the node does already. Rejects as IridiumNode.start does.
   */
  async listen(signal?: AbortSignal): Promise<Listening> {
    const options = signal ? { signal } : {}
    let taken: number | undefined
    if (this.node.address === null) {
      try {
        await this.node.start(options)
      } catch (error) {
        if (!this.#options.anyPort || !isPortTaken(error)) throw error
        taken = this.#options.port
        // The first node stays, idle: programs may be running on it.
        this.#nodes.push(this.#options.create(0))
        await this.node.start(options)
      }
    }
    const address = this.node.address as Address
    return taken === undefined ? { address } : { address, taken }
  }

  /** Says goodbye to the members and ends what runs. */
  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()))
  }
}

export function listeningText({ address, taken }: Listening): string {
  const where = `Listening on ${address.host}:${address.port}`
  return taken === undefined ? `${where}.` : `${where}, since port ${taken} is taken.`
}

function isPortTaken(error: unknown): boolean {
  if (!(error instanceof IridiumError) || error.code !== 'ERR_IRIDIUM_LISTEN_FAILED') return false
  return (error.cause as { code?: unknown } | undefined)?.code === 'EADDRINUSE'
}
