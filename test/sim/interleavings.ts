// Owns the exhaustive exploration of two nodes that shake hands at the same moment: every order in which what is under
// way can arrive, with a connection cut at every point, is run on the real machine, to the end.
//
// The machine's memory is plain data, so a whole world is copied before each choice, and a world that has been seen
// before, by whatever way, is not followed again. Time stands still until nothing is under way; then it runs on.
import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import type { Input, LinkId } from '../../src/cluster/io.js'
import { step } from '../../src/cluster/machine.js'
import { newState, type State } from '../../src/cluster/state.js'
import { IridiumError } from '../../src/core/errors.js'
import type { Message } from '../../src/protocol/messages.js'

/** How the two come to dial each other. */
export type Beginning =
  | 'both join'
  /** Both have noticed it. */
  | 'link lost'
  /** One has noticed it, and dials; the other has not, and its host joins again. */
  | 'half a link'

export interface Outcome {
  /** Different worlds, and those among them in which nothing is under way any more. */
  readonly worlds: number
  readonly ends: number
  /** Different orders from the beginning to an end: many lead through the same worlds. */
  readonly orders: number
  /** Ends without exactly one link, the same for both, or with a frame lost on the way; the first ten in words. */
  readonly failed: number
  readonly failures: readonly string[]
}

export const BEGINNINGS: readonly Beginning[] = ['both join', 'link lost', 'half a link']

/** Who is the first: whose dial stays goes by the alias. */
export const ALIASES: readonly (readonly [string, string])[] = [
  ['alpha', 'beta'],
  ['beta', 'alpha'],
]

/** Every beginning, whoever is the first, with cuts. */
export function exploreAll(): Outcome {
  const all = BEGINNINGS.flatMap((beginning) => {
    return ALIASES.map((aliases) => explore(beginning, aliases, true))
  })
  const sum = (of: 'worlds' | 'ends' | 'orders' | 'failed'): number => {
    return all.reduce((total, outcome) => total + outcome[of], 0)
  }
  return {
    worlds: sum('worlds'),
    ends: sum('ends'),
    orders: sum('orders'),
    failed: sum('failed'),
    failures: all.flatMap(({ failures }) => failures),
  }
}

/** Runs every interleaving; with `cuts`, also with a cut of any connection at every point, once in each run. */
export function explore(
  beginning: Beginning,
  aliases: readonly [string, string],
  cuts: boolean,
): Outcome {
  const failures: string[] = []
  /** How many orders lead from a world to an end. */
  const seen = new Map<string, number>()
  let ends = 0
  let failed = 0
  const visit = (world: World, history: readonly string[]): number => {
    const data = serialize(world)
    const key = createHash('sha1').update(data).digest('base64')
    const known = seen.get(key)
    if (known !== undefined) return known
    seen.set(key, 0)
    const actions = actionsOf(world)
    let orders = 0
    for (const action of actions) {
      const copy = deserialize(data) as World
      perform(copy, action)
      orders += visit(copy, [...history, describe(action)])
    }
    if (actions.every(({ kind }) => kind === 'cut')) {
      orders++
      ends++
      const failure = finish(world)
      if (failure) failed++
      if (failure && failures.length < 10) failures.push(`${failure} after: ${history.join(', ')}`)
    }
    seen.set(key, orders)
    return orders
  }
  const orders = visit(begin(beginning, aliases, cuts), [])
  return { worlds: seen.size, ends, orders, failed, failures }
}

// --- a world: plain data -----------------------------------------------------------------------

interface World {
  now: number
  mayCut: boolean
  readonly nodes: readonly [Node, Node]
  readonly connections: Connection[]
  failure: string | null
}

interface Node {
  readonly state: State
  /** The links that are up. */
  readonly up: LinkId[]
  wantsTurn: boolean
  deadline: number | null
  lastAccepted: LinkId
  joinsFailed: number
}

/** From the node that dialled, ends[0], to the other, ends[1]. */
interface Connection {
  readonly ends: readonly [End, End]
}

interface End {
  readonly node: number
  readonly link: LinkId
  open: boolean
  /** What is on its way to this end. */
  queue: Packet[]
}

type Packet =
  | { readonly kind: 'connected' | 'end' | 'lost' | 'dialFailed' }
  /** What the other host sent the moment its link was up. */
  | { readonly kind: 'data' }
  | { readonly kind: 'message'; readonly message: Message }

type Action =
  | {
      readonly kind: 'take'
      readonly connection: number
      readonly end: 0 | 1
      readonly what: string
    }
  | { readonly kind: 'turn'; readonly node: number }
  | { readonly kind: 'cut'; readonly connection: number }

const RANDOM = { fraction: () => 0.5, bytes: (length: number) => new Uint8Array(length) }

function newNode(alias: string, index: number): Node {
  const id = `${index + 1}`.padEnd(32, 'abcdef')
  const address = { host: '127.0.0.1', port: index + 1 }
  const config = {
    id,
    alias,
    cluster: 'iridium',
    advertise: address,
    seeds: [],
    tags: {},
    intervalMs: 1000,
    timeoutMs: 5000,
  }
  const state = newState(config, RANDOM)
  return { state, up: [], wantsTurn: false, deadline: null, lastAccepted: -1, joinsFailed: 0 }
}

function begin(beginning: Beginning, aliases: readonly [string, string], cuts: boolean): World {
  const nodes = [newNode(aliases[0], 0), newNode(aliases[1], 1)] as const
  const world: World = { now: 0, mayCut: false, nodes, connections: [], failure: null }
  for (const node of [0, 1]) {
    input(world, node, { type: 'start', address: { host: '127.0.0.1', port: node + 1 } })
  }
  join(world, 0, '127.0.0.1')
  if (beginning !== 'both join') {
    settle(world)
    cut(world, 0)
    takeNext(world, 0, 0)
    if (beginning === 'link lost') takeNext(world, 0, 1)
    else forgetToTell(world, 0)
  }
  if (beginning === 'both join') join(world, 1, '127.0.0.1')
  if (beginning === 'half a link') join(world, 1, 'localhost')
  world.mayCut = cuts
  return strip(world)
}

function join(world: World, node: number, host: string): void {
  input(world, node, { type: 'join', call: node, seeds: [{ host, port: 2 - node }] })
}

/** The source of randomness cannot be copied, and need not be. */
function strip(world: World): World {
  for (const { state } of world.nodes) Object.assign(state, { random: null, outputs: [] })
  return world
}

// --- what can happen ---------------------------------------------------------------------------

function actionsOf(world: World): Action[] {
  const actions: Action[] = []
  world.connections.forEach(({ ends }, connection) => {
    for (const end of [0, 1] as const) {
      const [packet] = ends[end].queue
      if (!packet) continue
      const what = packet.kind === 'message' ? packet.message.type : packet.kind
      actions.push({ kind: 'take', connection, end, what })
    }
  })
  world.nodes.forEach(({ wantsTurn }, node) => {
    if (wantsTurn) actions.push({ kind: 'turn', node })
  })
  if (!world.mayCut) return actions
  world.connections.forEach(({ ends }, connection) => {
    if (ends[0].open && ends[1].open) actions.push({ kind: 'cut', connection })
  })
  return actions
}

function perform(world: World, action: Action): void {
  switch (action.kind) {
    case 'take':
      takeNext(world, action.connection, action.end)
      break
    case 'turn':
      turn(world, action.node)
      break
    case 'cut':
      world.mayCut = false
      cut(world, action.connection)
      break
    default:
      action satisfies never
  }
  strip(world)
}

function describe(action: Action): string {
  switch (action.kind) {
    case 'take':
      return `${action.connection}${action.end === 0 ? '<' : '>'}${action.what}`
    case 'turn':
      return `turn of ${action.node}`
    case 'cut':
      return `cut of ${action.connection}`
    default:
      return action satisfies never
  }
}

function turn(world: World, index: number): void {
  const node = world.nodes[index]
  if (!node) return
  node.wantsTurn = false
  input(world, index, { type: 'turn' })
}

function takeNext(world: World, connection: number, which: 0 | 1): void {
  const end = world.connections[connection]?.ends[which]
  const packet = end?.queue.shift()
  if (end && packet) take(world, end, packet)
}

function take(world: World, end: End, packet: Packet): void {
  const { node, link } = end
  switch (packet.kind) {
    case 'connected':
      input(world, node, { type: 'connected', link, remote: { host: '127.0.0.1', port: 2 - node } })
      break
    case 'dialFailed':
      input(world, node, { type: 'dialFailed', link, reason: 'reset', message: 'cut' })
      break
    case 'lost':
      input(world, node, {
        type: 'closed',
        link,
        error: new IridiumError('ERR_IRIDIUM_LINK_LOST', 'cut'),
      })
      break
    case 'message':
      if (end.open) input(world, node, { type: 'frame', link, message: packet.message })
      break
    case 'data':
      if (end.open && !world.nodes[node]?.up.includes(link))
        world.failure ??= `a frame is lost on link ${link}`
      break
    case 'end':
      if (!end.open) break
      end.open = false
      input(world, node, { type: 'closed', link })
      break
    default:
      packet satisfies never
  }
  // a message of the host follows the one before it at once
  while (end.queue[0]?.kind === 'data') take(world, end, end.queue.shift() as Packet)
}

/** What is under way is lost, and both ends are told, each in its time. */
function cut(world: World, connection: number): void {
  for (const end of world.connections[connection]?.ends ?? []) {
    end.open = false
    const isDial = end.queue[0]?.kind === 'connected'
    end.queue = [{ kind: isDial ? 'dialFailed' : 'lost' }]
  }
}

/** The other end never learns of it. */
function forgetToTell(world: World, connection: number): void {
  for (const end of world.connections[connection]?.ends ?? []) end.queue = []
}

// --- the driver of a node ----------------------------------------------------------------------

function input(world: World, index: number, given: Input): void {
  const node = world.nodes[index] as Node
  const inputs = [given]
  for (let next = inputs.shift(); next; next = inputs.shift()) {
    Object.assign(node.state, { random: RANDOM })
    for (const output of step(node.state, world.now, next)) {
      switch (output.type) {
        case 'dial':
          dial(world, index, output.link)
          break
        case 'send':
          send(world, index, output.link, { kind: 'message', message: output.message })
          break
        case 'close':
          close(world, index, output.link)
          inputs.push({ type: 'closed', link: output.link })
          break
        case 'linkUp':
          if (node.up.length > 0) world.failure ??= `node ${index} has two links`
          node.up.push(output.link)
          send(world, index, output.link, { kind: 'data' })
          break
        case 'linkDown':
          node.up.splice(node.up.indexOf(output.link), 1)
          break
        case 'deadline':
          node.deadline = output.at
          break
        case 'nextTurn':
          node.wantsTurn = true
          break
        case 'settle':
          if (!output.result.ok) node.joinsFailed++
          break
        case 'emit':
          if (output.event.type === 'memberLeft') world.failure ??= 'a member is given up'
          break
        case 'log':
          break
        default:
          output satisfies never
      }
    }
  }
}

/** That the other has accepted it changes nothing for anybody: it is told at once. */
function dial(world: World, from: number, link: LinkId): void {
  const to = 1 - from
  const node = world.nodes[to] as Node
  node.lastAccepted += 2
  const accepted = node.lastAccepted
  const ends: [End, End] = [
    { node: from, link, open: true, queue: [{ kind: 'connected' }] },
    { node: to, link: accepted, open: true, queue: [] },
  ]
  world.connections.push({ ends })
  const remote = { host: '127.0.0.1', port: 50_000 + accepted }
  input(world, to, { type: 'accepted', link: accepted, remote })
}

function endsOf(world: World, node: number, link: LinkId): [End, End] | null {
  for (const { ends } of world.connections) {
    const [a, b] = ends
    if (a.node === node && a.link === link) return [a, b]
    if (b.node === node && b.link === link) return [b, a]
  }
  return null
}

function send(world: World, node: number, link: LinkId, packet: Packet): void {
  const [own, other] = endsOf(world, node, link) ?? []
  if (own?.open) other?.queue.push(packet)
  if (packet.kind === 'data' && other?.queue.length === 1)
    take(world, other, other.queue.shift() as Packet)
}

function close(world: World, node: number, link: LinkId): void {
  const [own, other] = endsOf(world, node, link) ?? []
  if (!own) return
  if (own.open) other?.queue.push({ kind: 'end' })
  own.open = false
  own.queue = []
}

// --- the end -----------------------------------------------------------------------------------

function settle(world: World): void {
  for (let action = actionsOf(world)[0]; action; action = actionsOf(world)[0])
    perform(world, action)
}

/** Lets time pass, and says what is wrong then. */
function finish(world: World): string | null {
  world.mayCut = false
  while (world.now < 12_000) {
    settle(world)
    world.now = Math.max(world.now, Math.min(...world.nodes.map(({ deadline }) => deadline ?? 1e9)))
    world.nodes.forEach((node, index) => {
      if (node.deadline === null || node.deadline > world.now) return
      node.deadline = null
      input(world, index, { type: 'tick' })
    })
  }
  settle(world)
  if (world.failure) return world.failure
  for (const { state, up, joinsFailed } of world.nodes) {
    const { alias } = state.config
    if (state.members.size !== 1) return `${alias} has ${state.members.size} members`
    if (up.length !== 1) return `${alias} has ${up.length} links`
    if (joinsFailed > 0) return `a join of ${alias} has failed`
  }
  const [a, b] = world.nodes
  const [, other] = endsOf(world, 0, a.up[0] as LinkId) ?? []
  return other?.link === b.up[0] ? null : 'the two hold different links'
}
