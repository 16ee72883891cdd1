// Owns an open channel: its calls and its handler. Must not know how messages travel: it hands them to the link of the
// member.
import type { Member } from '../../cluster/member.js'
import { badOption, IridiumError } from '../../core/errors.js'
import { DEFAULT_REQUEST_TIMEOUT_MS, MAX_TIMER_MS, VALUE_HEAD_BYTES } from '../../core/limits.js'
import { readRecord } from '../../core/record.js'
import { DATA_TAGS } from '../../protocol/data-codec.js'
import { readCallOptions } from '../options.js'
import type { CallOptions, PendingCalls, Settle } from '../pending.js'
import type { BroadcastResult, Channel, RequestHandler, RequestOptions } from './channel.js'
import { ChannelEmitter } from './channel-emitter.js'
import type { ChannelCounters } from './counters.js'
import type { Deadlines } from './deadlines.js'
import type { ReadableChannel } from './incoming.js'
import type { MemberLink } from './member-link.js'
import type { Outgoing } from './outgoing.js'
import { payloadOf } from './payload.js'
import type { Payload, PayloadMemory } from './payload-memory.js'
import type { ChannelSchema } from './schema.js'

/** Whoever opens channels. */
export interface ChannelOwner {
  readonly calls: PendingCalls
  readonly counters: ChannelCounters
  readonly deadlines: Deadlines
  readonly payloads: PayloadMemory
  /** The other nodes, by alias. */
  readonly members: ReadonlyMap<string, Member>
  /** @throws IridiumError ERR_IRIDIUM_NOT_A_MEMBER, ERR_IRIDIUM_NO_LINK */
  link(to: string): MemberLink
  /** The channel is closed; `error` says so to those who wait. */
  closed(channel: OpenChannel, error: IridiumError): void
  report(error: IridiumError): void
}

/** The way from this channel to a member. */
interface Route {
  readonly link: MemberLink
  readonly out: Outgoing
}

const { Message: MESSAGE, Request: REQUEST } = DATA_TAGS
const DONE = Promise.resolve()
const NO_OPTIONS: CallOptions = {}

export class OpenChannel extends ChannelEmitter implements Channel<unknown>, ReadableChannel {
  readonly schema: ChannelSchema
  readonly maxMessageBytes: number
  readonly maxValueBytes: number
  readonly payloads: PayloadMemory
  expectsLarge = false
  readonly #owner: ChannelOwner
  readonly #routes = new Map<string, Route>()
  #lastTo: string | undefined
  #lastRoute: Route | undefined
  #handler: RequestHandler<unknown> | undefined
  #isOpen = true

  constructor(name: string, schema: ChannelSchema, maxMessageBytes: number, owner: ChannelOwner) {
    super(name, (error) => owner.report(error))
    this.schema = schema
    this.maxMessageBytes = maxMessageBytes
    this.maxValueBytes = maxMessageBytes + VALUE_HEAD_BYTES
    this.payloads = owner.payloads
    this.#owner = owner
  }

  // --- calls ---

  send(to: string, value: unknown, options?: CallOptions): Promise<void> {
    let checked = NO_OPTIONS
    try {
      if (options !== undefined) checked = readCallOptions(options)
      if (checked.signal === undefined) {
        const { link, out } = this.#route(to)
        if (link.sender.sendNow(out, MESSAGE, 0, value)) {
          return link.sender.isClear(out) ? DONE : this.drain(to)
        }
      }
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#owner.calls.begin<void>(checked, (settle) => {
      const route = this.#route(to)
      return payloadOf(this, value).lend((payload) => this.#sendLater(route, payload, settle))
    })
  }

  write(to: string, value: unknown): boolean {
    const { link, out } = this.#route(to)
    if (!link.sender.sendNow(out, MESSAGE, 0, value)) {
      payloadOf(this, value).lend((payload) => link.sender.sendLater(out, MESSAGE, 0, payload))
    }
    return link.sender.isClear(out)
  }

  drain(to: string, options?: CallOptions): Promise<void> {
    const checked = orRejection(() => readCallOptions(options))
    if (checked instanceof Promise) return checked
    return this.#owner.calls.begin<void>(checked, (settle) => {
      const { link, out } = this.#route(to)
      if (!link.sender.isClear(out)) {
        return link.sender.whenClear(out, (error) => settleWith(settle, error))
      }
      settle.resolve()
    })
  }

  async broadcast(value: unknown, options?: CallOptions): Promise<BroadcastResult> {
    const checked = readCallOptions(options)
    this.#checkOpen()
    const sent: Member[] = []
    const failed: { member: Member; error: IridiumError }[] = []
    const sendTo = async (member: Member, payload: Payload): Promise<void> => {
      try {
        await this.#owner.calls.begin<void>(checked, (settle) =>
          this.#sendLater(this.#route(member.alias), payload, settle),
        )
        sent.push(member)
      } catch (error) {
        if (!OF_THE_MEMBER.has((error as IridiumError).code)) throw error
        failed.push({ member, error: error as IridiumError })
      }
    }
    await payloadOf(this, value).lend((payload) =>
      Promise.all([...this.#owner.members.values()].map((member) => sendTo(member, payload))),
    )
    return { sent, failed }
  }

  request(to: string, value: unknown, options?: RequestOptions): Promise<unknown> {
    const checked = orRejection(() => readRequestOptions(options))
    if (checked instanceof Promise) return checked
    const { counters, calls, deadlines } = this.#owner
    const { timeoutMs } = checked
    return calls.begin<unknown>(checked, (settle) => {
      const { link, out } = this.#route(to)
      const { sender, requests } = link
      const fail = (error: unknown): void => {
        stopTimer()
        counters.requestsFailed++
        settle.reject(error)
      }
      let withdraw: (() => void) | undefined
      const giveUp = (): boolean => {
        stopTimer()
        if (!requests.take(id)) return false
        withdraw?.()
        sender.put({ type: 'Cancel', id })
        return true
      }
      const stopTimer = deadlines.add(timeoutMs, () => {
        if (giveUp()) fail(timedOut(to, this.name, timeoutMs))
      })
      const id = requests.add({
        channel: this,
        resolve: (reply) => {
          stopTimer()
          settle.resolve(reply)
        },
        reject: fail,
      })
      try {
        if (!sender.sendNow(out, REQUEST, id, value)) {
          const ended = (error?: IridiumError): void => {
            if (error) requests.take(id)?.reject(error)
          }
          withdraw = payloadOf(this, value).lend((payload) =>
            sender.sendLater(out, REQUEST, id, payload, ended),
          )
        }
        counters.requestsSent++
      } catch (error) {
        requests.take(id)?.reject(error as IridiumError)
      }
      return () => {
        if (giveUp()) counters.requestsFailed++
      }
    })
  }

  handle(handler: RequestHandler<unknown>): () => void {
    if (typeof handler !== 'function') throw badOption('handler', 'a function', handler)
    this.#checkOpen()
    if (this.#handler) {
      throw new IridiumError(
        'ERR_IRIDIUM_BAD_STATE',
        `the channel ${this.name} has a handler already`,
      )
    }
    this.#handler = handler
    return () => {
      if (this.#handler === handler) this.#handler = undefined
    }
  }

  close(): void {
    this.closeWith(
      new IridiumError('ERR_IRIDIUM_CLOSED', `the channel ${this.name} has been closed`),
    )
  }

  [Symbol.dispose](): void {
    this.close()
  }

  // --- what the links and the owner use ---

  get isOpen(): boolean {
    return this.#isOpen
  }

  get handler(): RequestHandler<unknown> | undefined {
    return this.#handler
  }

  /** The link to this member is another one, or none. */
  forgetRoute(alias: string): void {
    this.#routes.delete(alias)
    this.#lastTo = undefined
  }

  /** Closes the channel; `error` says why to those who wait. */
  closeWith(error: IridiumError): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#handler = undefined
    this.clearListeners()
    this.#routes.clear()
    this.#lastTo = undefined
    this.#owner.closed(this, error)
  }

  // --- inner parts ---

  #route(to: string): Route {
    if (to === this.#lastTo) return this.#lastRoute as Route
    this.#checkOpen()
    if (typeof to !== 'string') throw badOption('to', "a member's alias", to)
    let route = this.#routes.get(to)
    if (!route) {
      const link = this.#owner.link(to)
      route = { link, out: link.outgoing(this) }
      this.#routes.set(to, route)
    }
    this.#lastTo = to
    this.#lastRoute = route
    return route
  }

  #sendLater({ link, out }: Route, payload: Payload, settle: Settle<void>): () => void {
    return link.sender.sendLater(out, MESSAGE, 0, payload, (error) => settleWith(settle, error))
  }

  #checkOpen(): void {
    if (this.#isOpen) return
    throw new IridiumError('ERR_IRIDIUM_CLOSED', `the channel ${this.name} is closed`)
  }
}

/** What `read` returns; what it throws as a rejection, since its caller is promised an answer. */
function orRejection<T>(read: () => T): T | Promise<never> {
  try {
    return read()
  } catch (error) {
    return Promise.reject(error)
  }
}

const REQUEST_OPTIONS = ['timeoutMs', 'signal']

/** @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
function readRequestOptions(options: unknown = {}): CallOptions & { readonly timeoutMs: number } {
  const given = readRecord('options', options, REQUEST_OPTIONS) as RequestOptions
  const { signal, timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = given
  if (typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS) {
    return { signal, timeoutMs }
  }
  throw badOption('timeoutMs', `a number above 0 and up to ${MAX_TIMER_MS}`, timeoutMs)
}

/** Failures that concern one member of a broadcast, and leave the others alone. */
const OF_THE_MEMBER: ReadonlySet<string> = new Set([
  'ERR_IRIDIUM_NOT_A_MEMBER',
  'ERR_IRIDIUM_NO_LINK',
  'ERR_IRIDIUM_LINK_LOST',
  'ERR_IRIDIUM_LIMIT',
  'ERR_IRIDIUM_BAD_MESSAGE',
])

function settleWith(settle: Settle<void>, error: IridiumError | undefined): void {
  if (error) settle.reject(error)
  else settle.resolve()
}

function timedOut(to: string, channel: string, timeoutMs: number): IridiumError {
  return new IridiumError(
    'ERR_IRIDIUM_TIMEOUT',
    `no reply from ${to} on the channel ${channel} within ${timeoutMs} ms`,
  )
}
