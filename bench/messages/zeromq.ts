// ZeroMQ: PUSH to PULL one way, REQ and REP for round trips, on libzmq's own thread.
import { Pull, Push, Reply, Request } from 'zeromq'
import type { Client, Contender, Server, Settings } from './contender.js'

export const zeromq: Contender = {
  canBeSecure: false,

  async serve(): Promise<Server> {
    const pull = new Pull()
    const reply = new Reply()
    await pull.bind('tcp://127.0.0.1:*')
    await reply.bind('tcp://127.0.0.1:*')
    let received = 0
    const receive = async (): Promise<void> => {
      for await (const _ of pull) received++
    }
    const answer = async (): Promise<void> => {
      for await (const [message] of reply) await reply.send(message as Buffer)
    }
    for (const work of [receive(), answer()]) work.catch(() => {}) // closed
    const address = { push: pull.lastEndpoint, request: reply.lastEndpoint }
    const close = (): void => {
      pull.close()
      reply.close()
    }
    return { address, received: () => received, close }
  },

  async connect(address: { push: string; request: string }, { size }: Settings): Promise<Client> {
    const push = new Push()
    const request = new Request()
    push.connect(address.push)
    request.connect(address.request)
    const message = Buffer.alloc(size, 7)
    let last: Promise<unknown> = Promise.resolve()
    const ask = async (): Promise<void> => {
      await request.send(message)
      await request.receive()
    }
    return {
      pump() {
        let isStopped = false
        const go = async (): Promise<void> => {
          while (!isStopped) await push.send(message)
        }
        go().catch(() => {}) // closed
        return () => {
          isStopped = true
        }
      },
      // A REQ socket has one question at a time.
      roundTrip() {
        const next = last.then(ask)
        last = next.catch(() => {})
        return next
      },
      close() {
        push.close()
        request.close()
      },
    }
  },
}
