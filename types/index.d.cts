/// <reference lib="esnext.disposable" />
import { NodeEvents, IridiumNode, EventPayload, Address, Member, DialFailure } from './shared.cjs';
export { AddressLike, AvroSchema, BroadcastResult, CallOptions, Cancel, Channel, ChannelEvents, ChannelMessage, ChannelOptions, ChannelRequest, ChannelStats, Clock, Connection, ConnectionHandler, Diagnosis, DialHandler, GoneReason, HistoryKind, JoinTarget, LeaveReason, ListenHandler, Listener, Logger, NodeOptions, NodeState, NodeStats, Pem, ProgramOptions, Random, RequestHandler, RequestOptions, RunResult, Secret, SecurityOptions, TlsOptions, Transport, WaitOptions } from './shared.cjs';
import { IridiumError, Program, Stop } from './shared2.cjs';
export { ErrorCode, Fault, FaultReason, LoadOptions, RunOptions, Vm, VmEvent, VmOptions } from './shared2.cjs';
export { AssembleOptions, AssemblyError, Diagnostic, DiagnosticCode, assemble, disassemble } from './vm.cjs';

/** What all messages carry: the node that tells it, since a process may have several. */
interface FromNode {
    readonly node: IridiumNode;
}
/** One connection of a node. */
interface LinkDiagnostics extends FromNode {
    /** Names the connection; never used twice by one node. */
    readonly link: number;
    /** The other end: of an accepted connection not where that node listens. */
    readonly remote: Address;
    /** Whether this node has dialled it, or accepted it. */
    readonly dialled: boolean;
    /** Who is at the other end, once that is known; null before. */
    readonly member: Member | null;
}
/** A control message of the cluster, in the shape that `protocol.avsc` gives it; ids and digests are hex digits. */
interface FrameDiagnostics extends FromNode {
    readonly link: number;
    readonly message: {
        readonly type: string;
    } & Readonly<Record<string, unknown>>;
}
type EventDiagnostics<Name extends keyof NodeEvents> = FromNode & EventPayload<Name>;
/** The messages of the channels of node:diagnostics_channel on which nodes publish, by the name of the channel. */
interface DiagnosticMessages {
    'iridium:node:listening': EventDiagnostics<'listening'>;
    'iridium:node:joined': EventDiagnostics<'joined'>;
    'iridium:node:isolated': FromNode;
    'iridium:node:left': FromNode;
    'iridium:node:closed': FromNode;
    'iridium:member:joined': EventDiagnostics<'memberJoined'>;
    'iridium:member:suspected': EventDiagnostics<'memberSuspected'>;
    'iridium:member:recovered': EventDiagnostics<'memberRecovered'>;
    'iridium:member:updated': EventDiagnostics<'memberUpdated'>;
    'iridium:member:left': EventDiagnostics<'memberLeft'>;
    'iridium:link:open': LinkDiagnostics;
    'iridium:link:up': LinkDiagnostics;
    'iridium:link:close': LinkDiagnostics & {
        /** Why, in words. */
        readonly reason: string;
        /** What was wrong, if anything was. */
        readonly error: IridiumError | null;
    };
    'iridium:link:failed': FromNode & {
        readonly link: number;
        /** What was dialled. */
        readonly remote: Address;
        readonly failure: DialFailure;
        /** The same in words. */
        readonly reason: string;
    };
    'iridium:frame:received': FrameDiagnostics;
    'iridium:frame:sent': FrameDiagnostics;
    'iridium:error': FromNode & {
        readonly error: IridiumError;
    };
    'iridium:run:start': FromNode & {
        readonly program: Program;
    };
    'iridium:run:end': FromNode & {
        readonly program: Program;
        /** Null: it was given up, since its caller no longer waited or the node was closed. */
        readonly stop: Stop | null;
        readonly instructionCount: number;
        /** Milliseconds from start to end; other programs and the host had their turns in them. */
        readonly durationMs: number;
    };
}
/** The name of a channel on which nodes publish. */
type DiagnosticChannel = keyof DiagnosticMessages;

export { Address, DialFailure, EventPayload, IridiumError, IridiumNode, Member, NodeEvents, Program, Stop };
export type { DiagnosticChannel, DiagnosticMessages, FrameDiagnostics, LinkDiagnostics };
