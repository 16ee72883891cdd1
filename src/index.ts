// The entry point iridium-node.
export type { Diagnosis } from './cluster/diagnosis.js'
export type { GoneReason, HistoryKind } from './cluster/history.js'
export type { Member } from './cluster/member.js'
export type { Address } from './core/address.js'
export type { Cancel, Clock } from './core/clock.js'
export type { DialFailure } from './core/dial.js'
export type { Logger } from './core/logger.js'
export type { Random } from './core/random.js'
export type { AddressLike, JoinTarget } from './node/addresses.js'
export type {
  BroadcastResult,
  Channel,
  ChannelEvents,
  ChannelMessage,
  ChannelOptions,
  ChannelRequest,
  RequestHandler,
  RequestOptions,
} from './node/channel/channel.js'
export type { ChannelStats } from './node/channel/counters.js'
export type { AvroSchema } from './node/channel/schema.js'
export type {
  DiagnosticChannel,
  DiagnosticMessages,
  FrameDiagnostics,
  LinkDiagnostics,
} from './node/diagnostics.js'
export type { WaitOptions } from './node/event-wait.js'
export type { EventPayload, LeaveReason, NodeEvents } from './node/events.js'
export { IridiumNode, type NodeState } from './node/iridium-node.js'
export type { NodeOptions } from './node/options.js'
export type { CallOptions } from './node/pending.js'
export type { ProgramOptions, RunResult } from './node/runner.js'
export type { Secret, SecurityOptions } from './node/security.js'
export type { Pem, TlsOptions } from './node/security-tls.js'
export type { NodeStats } from './node/stats.js'
export type {
  Connection,
  ConnectionHandler,
  DialHandler,
  Listener,
  ListenHandler,
  Transport,
} from './transport/transport.js'
export * from './vm-entry.js'
