// Runs transcripts: text files that hold commands (lines that begin with "> "), and after each the trace of what the
// machines did. Comments and empty lines stay as they are. Nothing in them is left to chance: a packet takes one
// millisecond, and every random fraction is a half. See transcripts/README.txt for the commands.
import type { Message } from '../../src/protocol/messages.js'
import type { Process } from '../sim/process.js'
import { nameOf, showMessage, traceStep } from '../sim/trace.js'
import { type Site, World } from '../sim/world.js'

/** The text of a transcript with its traces made anew. */
export function rewrite(text: string): string {
  const runner = new Runner()
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('> ')) {
      lines.push(line)
      runner.command(line.slice(2))
      lines.push(...runner.trace.splice(0))
    } else if (line === '' || line.startsWith('#')) {
      lines.push(line)
    }
  }
  return lines.join('\n')
}

class Runner {
  readonly trace: string[] = []
  readonly #world = new World({ seed: 7, latencyMs: [1, 1], codec: true })
  readonly #shown = { beats: false, logs: false }

  constructor() {
    this.#world.observer = {
      stepped: (process, input, outputs) => {
        if (process.options.mute && input.type === 'frame') {
          this.trace.push(`${this.#stamp(process)}  <- ${showMessage(this.#world, input.message)}`)
        }
        this.trace.push(...traceStep(process, input, outputs, this.#shown))
      },
    }
  }

  command(text: string): void {
    const [verb = '', ...words] = text.split(' ')
    const [first = '', second = '', third = ''] = words
    switch (verb) {
      case 'cluster':
        this.#cluster(words)
        return
      case 'start':
        this.#start(words)
        return
      case 'join':
        this.#node(first).join(...words.slice(1).map((word) => this.#addressOf(word)))
        return
      case 'leave':
        this.#node(first).leave()
        return
      case 'tags':
        this.#node(first).setTags(pairs(second))
        return
      case 'forget':
        this.#node(first).forget(this.#node(second).id)
        return
      case 'kill':
        this.#node(first).kill()
        return
      case 'crash':
        this.#world.powerOff(this.#node(first).site)
        return
      case 'block':
        this.#node(first).block(Number(second))
        return
      case 'cut':
        if (second === '->') this.#world.cutOneWay(this.#node(first).site, this.#node(third).site)
        else this.#world.cut(this.#node(first).site, this.#node(second).site)
        return
      case 'heal':
        this.#world.heal()
        return
      case 'lose': // one end of a link is gone, and the other does not know
        this.#wire(this.#node(first), this.#node(second)).reset()
        return
      case 'dial': // by hand
        this.#node(first).dialByHand(1000, this.#addressOf(second))
        return
      case 'send': // by hand, over the last connection between the two
        this.#send(this.#node(first), this.#node(second), words.slice(2).join(' '))
        return
      case 'wait':
        this.#world.run(Number(first))
        return
      case 'skip':
        this.#world.run(Number(first))
        this.trace.length = 0
        return
      case 'show':
        Object.assign(this.#shown, { [first]: true })
        return
      case 'members':
        this.#members()
        return
      default:
        throw new Error(`no such command: ${text}`)
    }
  }

  /** A cluster of these nodes, whose forming is not told. */
  #cluster(names: readonly string[]): void {
    for (const name of names) this.#start([name])
    const [first, ...others] = names.map((name) => this.#node(name))
    for (const node of others) if (first) node.join(first.address)
    this.#world.run(100)
    this.trace.length = 0
  }

  /** start NAME [key=value ...]; primes at the end of the name tell the boots of an alias apart. */
  #start([name = '', ...words]: string[]): void {
    const { on, by, cluster, seeds, id } = pairs(words.join(','))
    const alias = name.replace(/'+$/, '')
    const before = this.#world.processes.find((process) => process.alias === alias)
    const site: Site = on === 'same' && before ? before.site : this.#world.site()
    if (!site.name) site.name = `${name}.example`
    const process = site.boot(
      {
        alias,
        cluster: cluster ?? 'iridium',
        seeds: seeds?.split('+').map((word) => this.#addressOf(word)) ?? [],
        idPrefix: id ?? '',
        mute: by === 'hand',
        random: { fraction: () => 0.5, bytes: (length) => new Uint8Array(length) },
      },
      on === 'same' ? before?.address.port : undefined,
    )
    if (nameOf(process) !== name) throw new Error(`${name} should be called ${nameOf(process)}`)
  }

  #send(from: Process, to: Process, text: string): void {
    const json = text.replaceAll(/@([\w']+)/g, (_, name: string) => this.#node(name).id)
    const { message } = JSON.parse(`{"message":${json}}`) as { message: Message }
    this.#wire(from, to).send({ kind: 'message', message: complete(from, message) })
  }

  #wire(from: Process, to: Process) {
    const wire = [...from.wires.values()].filter(({ peer }) => peer.process === to).at(-1)
    if (!wire) throw new Error(`${nameOf(from)} and ${nameOf(to)} are not connected`)
    return wire
  }

  #members(): void {
    for (const process of this.#world.processes) {
      if (!process.isRunning || process.options.mute) continue
      const list = [...process.machine.members.values()].map(({ alias, status, tags }) => {
        const about = [...(status === 'suspect' ? ['suspect'] : []), ...Object.entries(tags).flat()]
        return about.length > 0 ? `${alias} (${about.join(' ')})` : alias
      })
      this.trace.push(
        `        ${nameOf(process).padEnd(7)}  has ${list.sort().join(', ') || 'nobody'}`,
      )
    }
  }

  #node(name: string): Process {
    const process = this.#world.processes.find((other) => nameOf(other) === name)
    if (!process) throw new Error(`no node ${name}`)
    return process
  }

  /** Of a node; `name.example` is another way to write the same, `HOST:PORT` anything. */
  #addressOf(word: string): { host: string; port: number } {
    const [host = '', port] = word.split(':')
    if (port) return { host, port: Number(port) }
    if (!word.endsWith('.example')) return this.#node(word).address
    return { host: word, port: this.#node(word.replace(/\.example$/, '')).address.port }
  }

  #stamp(process: Process): string {
    return `${this.#world.now.toFixed(0).padStart(6)}  ${nameOf(process).padEnd(7)}`
  }
}

function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  )
}

/** What is left out of a message that is sent by hand. */
function complete(from: Process, message: Message): Message {
  const { id, alias, address } = from
  const self = { id, alias, incarnation: 0, ...address, tags: {} }
  const defaults: Record<string, unknown> = {
    ...self,
    self,
    minVersion: 1,
    maxVersion: 1,
    cluster: 'iridium',
    to: id,
    you: { host: '', port: 0, incarnation: 1 },
    digest: id.slice(0, 16),
    nodes: [],
    more: false,
    question: false,
    extensions: {},
  }
  return { ...defaults, ...message } as Message
}
