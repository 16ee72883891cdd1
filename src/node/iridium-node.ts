// Owns IridiumNode: the node as its host sees it. Each method checks its arguments and state, and hands on:
// members and joining to the cluster machine through the driver, programs to the runner, messages to the channels.
//
//   driver.ts           the cluster machine's inputs and outputs, one at a time; deadline.ts: its timer
//   links.ts, link.ts   the connections, and one of them; outbox.ts: what goes out on it; dials.ts: those to come
//   share.ts            how much of a turn what comes in may take
//   listening.ts        the listener, and who waits for it
//   pending.ts          the calls of the host that wait; machine-calls.ts: those that the machine answers
//   roster.ts           the members, as the events have told of them
//   announcer.ts        events, diagnostics and the log; events.ts and diagnostics.ts: what there is to tell
//   runner.ts           programs, in slices; compilations.ts: what compiles them between those
//   options.ts          what a host may say: addresses.ts, security.ts and security-tls.ts are parts of it
//   channel/            messages between hosts; channels.ts has a map of them

import type { Diagnosis } from '../cluster/diagnosis.js'
import type { ClusterEvent, Input } from '../cluster/io.js'
import { ClusterMachine } from '../cluster/machine.js'
import type { Member } from '../cluster/member.js'
import type { Address } from '../core/address.js'
import { badOption } from '../core/errors.js'
import { CLOSE_TIMEOUT_MS } from '../core/limits.js'
import type { ListenHandler } from '../transport/transport.js'
import { buildImage, Program } from '../vm/program.js'
import { Vm } from '../vm/vm.js'
import { type JoinTarget, readJoinArguments } from './addresses.js'
import { Announcer } from './announcer.js'
import type { Channel, ChannelOptions } from './channel/channel.js'
import { Channels } from './channel/channels.js'
import type { AvroSchema } from './channel/schema.js'
import { realClock } from './clock.js'
import { Diagnostics } from './diagnostics.js'
import { Driver } from './driver.js'
import { type WaitOptions, waitForEvent } from './event-wait.js'
import type { EventPayload, NodeEvents } from './events.js'
import { GuardedEmitter } from './guarded-emitter.js'
import { Listening, notAccepted } from './listening.js'
import { MachineCalls } from './machine-calls.js'
import {
  type NodeOptions,
  readCallOptions,
  readOptions,
  readTags,
  type Settings,
} from './options.js'
import { type CallOptions, closedError, PendingCalls, type Settle } from './pending.js'
import { Roster } from './roster.js'
import { type ProgramOptions, Runner, type RunResult, readProgramOptions } from './runner.js'
import type { NodeStats } from './stats.js'

/** 128 bits: no two boots of nodes ever have the same. */
const ID_BYTES = 16

/**
 * - `idle`: made, not started
 * - `listening`: others can join through it; it has no members
 * - `joined`: it has members, or its own join has succeeded
 * - `closing`, `closed`: after `close()`
 */
export type NodeState = 'idle' | 'listening' | 'joined' | 'closing' | 'closed'

/**
 * A node of an Iridium cluster: a peer that forms a full mesh with the other nodes and tells who comes and
 * goes, and a place to run programs. Made without any I/O; `start` or `join` brings it to life, and from then
 * on it keeps the process alive, as a listening server does, until `close`.
 *
 * Every method that waits takes `{signal}`: it rejects with ERR_IRIDIUM_ABORTED when the signal fires, and with
 * ERR_IRIDIUM_CLOSED when the node is or gets closed. Bad arguments are ERR_IRIDIUM_BAD_OPTION.
 */
export class IridiumNode extends GuardedEmitter<NodeEvents> {
  /** 128 random bits of this boot, as 32 hex digits. */
  readonly id: string
  /** The node's name in the cluster. */
  readonly alias: string
  readonly #settings: Settings
  readonly #machine: ClusterMachine
  readonly #driver: Driver
  readonly #listening: Listening
  readonly #roster = new Roster()
  readonly #calls = new PendingCalls()
  /** Those of `waitFor`: they may still see what happens while the node closes. */
  readonly #waits = new PendingCalls()
  readonly #asked = new MachineCalls((input) => this.#driver.input(input))
  readonly #channels: Channels
  readonly #diagnostics = new Diagnostics(this)
  readonly #announcer: Announcer
  readonly #runner = new Runner(realClock, {
    diagnostics: this.#diagnostics,
    arrivals: () => this.#listening.strangers?.accepted ?? 0,
  })
  /** Between `start` or `join` and `leave`: the node answers others. */
  #isActive = false
  #closing: Promise<void> | undefined
  #isClosed = false
  #vm: Vm | undefined

  /** @throws IridiumError ERR_IRIDIUM_BAD_OPTION for a bad or unknown option, ERR_IRIDIUM_NOT_SUPPORTED */
  constructor(options?: NodeOptions) {
    super()
    const settings = readOptions(options)
    const { host, port, transport, clock, logger, random } = settings
    this.#settings = settings
    this.#announcer = new Announcer({
      emitter: this,
      diagnostics: this.#diagnostics,
      logger,
      clock,
    })
    this.alias = settings.alias
    this.id = Buffer.from(random.bytes(ID_BYTES)).toString('hex')
    this.#machine = new ClusterMachine({ ...settings, id: this.id }, random)
    this.#channels = new Channels({
      alias: this.alias,
      clock,
      calls: this.#calls,
      members: this.#roster.members,
      report: (error) => this.#announcer.report(error),
    })
    this.#driver = new Driver({
      machine: this.#machine,
      channels: this.#channels,
      transport,
      clock,
      logger,
      diagnostics: this.#diagnostics,
      emit: (event) => this.#onClusterEvent(event),
      settle: (call, result) => this.#asked.settle(call, result),
    })
    const handler: ListenHandler = {
      accepted: (connection) => this.#driver.links.accept(connection),
      failed: (error) => this.#announcer.report(notAccepted(error)),
    }
    this.#listening = new Listening(
      () => transport.listen({ host, port }, handler),
      (address) => this.#onListening(address),
    )
  }

  get state(): NodeState {
    if (this.#isClosed) return 'closed'
    if (this.#closing !== undefined) return 'closing'
    if (!this.#listening.address) return 'idle'
    return this.#roster.isJoined ? 'joined' : 'listening'
  }

  /** Where the node listens, with the port that was picked; null until it does, and once it is closed. */
  get address(): Address | null {
    return this.#listening.address
  }

  /** This node, as the others see it. */
  get self(): Member {
    return this.#machine.self
  }

  /** The other members by alias, never this node itself: a live view of what the events have said so far. */
  get members(): ReadonlyMap<string, Member> {
    return this.#roster.members
  }

  /**
   * The node's own machine, with an empty program at first, for the host to drive. Programs of `run` do not touch it.
   * @throws IridiumError ERR_IRIDIUM_CLOSED once the node is closed
   */
  get vm(): Vm {
    if (this.#closing !== undefined) throw closedError()
    this.#vm ??= new Vm(Program.from(buildImage(new Uint8Array(), new Uint8Array())))
    return this.#vm
  }

  /**
   * Listens, answers others, and keeps trying the seeds of the options. Resolves when it listens; does nothing
   * if it does already, and takes the node back into service after `leave()`.
   * @throws IridiumError ERR_IRIDIUM_LISTEN_FAILED, ERR_IRIDIUM_INSECURE
   */
  start(options?: CallOptions): Promise<void> {
    return this.#begin<void>(options, (settle) =>
      this.#listening.open({
        reject: settle.reject,
        resolve: (address) => {
          this.#activate(address)
          settle.resolve()
        },
      }),
    )
  }

  /**
   * Joins the cluster of any of the seeds; starts first, if need be. An address of its own is skipped. Resolves
   * when every listed member is linked, refused, or 5 s old, to the members that are linked; the rest is found later.
   * Joining again merges clusters. A signal ends the waiting; a link that was made by then stays.
   * @throws IridiumError ERR_IRIDIUM_JOIN_FAILED if no seed accepts, with the reasons (one of each seed) as the
   *   `errors` of its cause: the node stays listening; what `start` rejects with
   */
  join(target: JoinTarget, options?: CallOptions): Promise<Member[]>
  join(host: string, port: number, options?: CallOptions): Promise<Member[]>
  async join(...args: readonly unknown[]): Promise<Member[]> {
    const { seeds, options } = readJoinArguments(args)
    return this.#begin<Member[]>(options, (settle) =>
      this.#whenListening(settle, (address) => {
        this.#activate(address)
        return this.#asked.ask(settle, (call) => ({ type: 'join', call, seeds }))
      }),
    )
  }

  /**
   * Says goodbye to all members. The node keeps its listener, but is nobody's member until `start` or `join`.
   * Does nothing if it is not in the cluster.
   */
  leave(options?: CallOptions): Promise<void> {
    return this.#begin<void>(options, (settle) => {
      const done: Settle<unknown> = { reject: settle.reject, resolve: () => settle.resolve() }
      if (this.#listening.isOpening) {
        return this.#whenListening(settle, () => this.#leave(done))
      }
      return this.#leave(done)
    })
  }

  /**
   * Leaves, and stops all that the node does: its programs, its links, its listener. Works in every state, takes
   * no longer than two seconds, and always resolves; calls that wait reject with ERR_IRIDIUM_CLOSED. Nothing
   * of the node keeps the process alive afterwards.
   */
  close(): Promise<void> {
    // In a then, so that a listener that closes again while we close finds that we do.
    this.#closing ??= Promise.resolve().then(() => this.#close())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Runs a program on a fresh machine of this node, also before `start`. It runs in slices, between which the
   * host's event loop goes on: all programs of a node together hold it for 4 ms at a time,
   * and leave turns of it to nodes that connect, up to 32 in a row.
   * What the program does wrong is a `stop`, never a rejection.
   */
  async run(program: Program, options?: ProgramOptions): Promise<RunResult> {
    const checked = readProgramOptions(options)
    return this.#calls.begin<RunResult>(checked, (settle) =>
      this.#runner.run(program, checked, settle),
    )
  }

  /**
   * Opens a channel: a named stream of messages with the hosts of all members, whose values are of type `T` and
   * fit the Avro `schema`. Opening it again with the same schema gives the same channel. Works in every state
   * but closing and closed; up to 256 channels are open at once.
   * @throws IridiumError ERR_IRIDIUM_BAD_OPTION with what is wrong with the name, the schema or the options, or
   *   if the channel is open with others; ERR_IRIDIUM_LIMIT; ERR_IRIDIUM_CLOSED
   */
  channel<T = unknown>(name: string, schema: AvroSchema, options?: ChannelOptions): Channel<T> {
    if (this.#closing !== undefined) throw closedError()
    return this.#channels.channel(name, schema, options) as unknown as Channel<T>
  }

  /** Resolves to the payload of the next event of this name (that passes the filter). */
  async waitFor<Name extends keyof NodeEvents>(
    event: Name,
    options: WaitOptions<Name> = {},
  ): Promise<EventPayload<Name>> {
    return waitForEvent(this, this.#waits, event, options)
  }

  /**
   * Gives this node other tags, which every member gets to see (`memberUpdated`).
   * @throws IridiumError ERR_IRIDIUM_BAD_OPTION, ERR_IRIDIUM_CLOSED
   */
  setTags(tags: Readonly<Record<string, string>>): void {
    this.#call({ type: 'setTags', tags: readTags(tags) })
  }

  /**
   * Strikes a failed member off for good, by id or alias: it is not dialled any more. Does nothing for one that is
   * alive or unknown; one that dials us itself is welcome.
   * @throws IridiumError ERR_IRIDIUM_BAD_OPTION, ERR_IRIDIUM_CLOSED
   */
  forget(idOrAlias: string): void {
    if (typeof idOrAlias !== 'string') throw badOption('idOrAlias', 'text', idOrAlias)
    this.#call({ type: 'forget', idOrAlias })
  }

  /** What the node has counted so far, as a copy. */
  stats(): NodeStats {
    const { counts, lateness } = this.#machine
    const { queues, links, boundsHit, ...traffic } = this.#driver.links.stats()
    const { strangers } = this.#listening
    return {
      ...traffic,
      links: { ...links, rejected: strangers?.rejected ?? 0 },
      boundsHit:
        boundsHit +
        this.#channels.counters.boundsHit +
        counts.full +
        // A transport that bounds strangers is there before the machine, which would count the same ones.
        (strangers?.evicted ?? counts.evicted),
      members: { alive: counts.members - counts.suspects, suspect: counts.suspects },
      queues: {
        ...queues,
        strangers: strangers?.unfinished ?? counts.unfinished,
        sought: counts.contacts,
        seeds: counts.seeds,
        calls: this.#calls.size + this.#waits.size,
      },
      timers: { worstLateMs: lateness.worstMs, lastBlockMs: lateness.lastBlockMs },
      channels: this.#channels.stats(),
      machines: this.#runner.counters,
    }
  }

  /**
   * Why a member is what it is: when it was last heard, how long its answers take, what is held against it and who
   * vouches for it, what its link has seen, and how late this node's own timers were. Also of one that has gone
   * lately, is named but not linked, or is unknown: `status` says so. Works in every state.
   * @throws IridiumError ERR_IRIDIUM_BAD_OPTION if `alias` is no text
   */
  diagnose(alias: string): Diagnosis {
    if (typeof alias !== 'string') throw badOption('alias', 'text', alias)
    return this.#machine.diagnose(alias, this.#settings.clock.now())
  }

  protected override listenerFailed(event: keyof NodeEvents, cause: unknown): void {
    this.#announcer.listenerFailed(event, cause)
  }

  async #begin<T>(
    options: unknown,
    start: (settle: Settle<T>) => (() => void) | undefined,
  ): Promise<T> {
    return this.#calls.begin<T>(readCallOptions(options), start)
  }

  /** Goes on with `next` once the node listens; what it returns gives up whatever is under way then. */
  #whenListening(
    { reject }: Pick<Settle<never>, 'reject'>,
    next: (address: Address) => (() => void) | undefined,
  ): () => void {
    let abandon: (() => void) | undefined
    const stopWaiting = this.#listening.open({
      reject,
      resolve: (address) => {
        abandon = next(address)
      },
    })
    return () => {
      stopWaiting()
      abandon?.()
    }
  }

  #activate(address: Address): void {
    if (this.#isActive) return
    this.#isActive = true
    this.#driver.input({ type: 'start', address })
  }

  #leave(settle: Settle<unknown>): (() => void) | undefined {
    if (this.#isActive) return this.#asked.ask(settle, (call) => ({ type: 'leave', call }))
    settle.resolve(undefined)
    return undefined
  }

  #call(input: Input): void {
    if (this.#closing !== undefined) throw closedError()
    this.#driver.input(input)
  }

  async #close(): Promise<void> {
    this.#listening.close()
    this.#calls.close()
    if (this.#isActive) this.#asked.tell((call) => ({ type: 'leave', call }))
    await this.#driver.close(CLOSE_TIMEOUT_MS)
    this.#announcer.close()
    this.#channels.close()
    this.#vm?.close()
    this.#isClosed = true
    this.#announcer.tell('closed', {})
    this.#waits.close()
  }

  #onListening(address: Address): void {
    this.#activate(address)
    this.#announcer.tell('listening', { address })
  }

  #onClusterEvent(event: ClusterEvent): void {
    this.#roster.apply(event)
    if ('member' in event) this.#channels.memberChanged(event.member)
    if (event.type === 'left') this.#isActive = false
    this.#announcer.tellOfCluster(event)
  }
}
