// True frames to begin with: what two nodes say to each other, recorded on its way, and one sample of every message.
import { IridiumNode } from '../../../src/index.js'
import { encodeMessage } from '../../../src/protocol/codec.js'
import type { Message } from '../../../src/protocol/messages.js'
import { SeededRandom } from '../../../src/testing/random.js'
import { Middlebox } from '../../process/proxy.js'
import { SAMPLES } from '../../protocol/samples.js'

export function encoded(message: Message): Buffer {
  const buffer = Buffer.alloc(70_000)
  return Buffer.from(buffer.subarray(4, encodeMessage(message, buffer, 0)))
}

export const SAMPLE_FRAMES: readonly Buffer[] = SAMPLES.map(encoded)

/** The frames of a conversation over sockets: joining, heartbeats, tags, messages, a request, pieces, a goodbye. */
export async function recordTraffic(): Promise<Buffer[]> {
  const box = await Middlebox.start()
  const heartbeat = { intervalMs: 20, timeoutMs: 5000 }
  const nodes = ['x', 'y'].map(
    (alias, i) =>
      new IridiumNode({
        alias,
        port: 0,
        heartbeat,
        random: new SeededRandom(1, i),
        ...(i === 0 && { advertise: { host: '127.0.0.1', port: box.port } }),
      }),
  )
  const [x, y] = nodes as [IridiumNode, IridiumNode]
  const [near, far] = nodes.map((node) => node.channel<string>('talk', 'string')) as [
    ReturnType<typeof x.channel<string>>,
    ReturnType<typeof x.channel<string>>,
  ]
  near.handle(({ value }) => value)
  await x.start()
  box.target = x.address?.port as number
  await y.join({ host: '127.0.0.1', port: box.port })
  await far.send('x', 'hello')
  await far.request('x', 'who are you?')
  await far.send('x', 'a'.repeat(200_000))
  y.setTags({ zone: 'north' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await y.close()
  await x.close()
  box.close()
  return box.streams.flatMap((stream) => framesOf(Buffer.concat(stream)))
}

function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at)
    frames.push(bytes.subarray(at + 4, end))
    at = end
  }
  // Large ones would make most of the work, and teach nothing that a short one does not.
  return frames.filter(({ length }) => length > 0 && length < 4096)
}
