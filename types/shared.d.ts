/// <reference lib="esnext.disposable" />
import { IridiumError, Stop, Vm, Program } from './shared2.js';

/** Where a node listens. */
interface Address {
    /** An IPv4 or IPv6 address (without brackets) or a host name. */
    readonly host: string;
    /** 1 to 65535; 0 only where a free one is to be picked. */
    readonly port: number;
}

/** A node, as another node knows it. A frozen picture: a change makes a new one. */
interface Member {
    /** 128 random bits of one boot, as 32 hex digits: the identity of a node. */
    readonly id: string;
    /** Unique among the living. */
    readonly alias: string;
    readonly host: string;
    readonly port: number;
    /** Counts the boots of this alias, as the cluster has seen them; never a clock. */
    readonly incarnation: number;
    readonly tags: Readonly<Record<string, string>>;
    /** `suspect`: has stopped to answer, and is not yet given up. */
    readonly status: 'alive' | 'suspect';
}

interface Random {
    /** A number in [0, 1), for jitter. */
    fraction(): number;
    /** `length` bytes that nobody can guess (in production), for ids. */
    bytes(length: number): Uint8Array;
}

/**
 * - `refused`: nobody listens there (ECONNREFUSED); the only reason that says something about the other end
 * - `reset`: accepted, then closed or reset before the connection was usable
 * - `timeout`: no answer in the time allowed
 * - `unreachable`: no such name, no route
 * - `resources`: this host has no descriptor, port or memory left for it
 * - `insecure`: the address lies beyond loopback, and nothing protects or permits that
 * - `unauthenticated`: somebody answered who does not know the secret, or whose certificate or ours was
 *   refused, or who speaks no TLS. No evidence of anyone's death; a second try gives the same
 */
type DialFailure = 'refused' | 'reset' | 'timeout' | 'unreachable' | 'resources' | 'insecure' | 'unauthenticated';

/**
 * - `joined`, `left`: it became a member, and was one no longer
 * - `linkOpened`, `linkClosed`: its link, and why it ended
 * - `dialFailed`, `refused`: a dial to it came to nothing; it answered one with a refusal
 * - `suspected`, `asked`, `vouched`, `recovered`: it was silent or unlinked, the others were asked about it, one of
 *   them heard it, it gave a sign of life
 */
type HistoryKind = 'joined' | 'left' | 'linkOpened' | 'linkClosed' | 'dialFailed' | 'refused' | 'suspected' | 'asked' | 'vouched' | 'recovered';
/** Why a member is one no longer; `weLeft`: it was this node that left the cluster. */
type GoneReason = 'left' | 'failed' | 'replaced' | 'weLeft';

/** What a node knows of another, by its alias. All times are milliseconds; what is not known is null or empty. */
interface Diagnosis {
    readonly alias: string;
    /**
     * - `self`: the node itself; its own lateness is what there is to see
     * - `alive`, `suspect`: a member
     * - `gone`: was a member, see `gone`; `dial` tells whether it is still sought
     * - `sought`: named by a member, but not linked yet; `dial` and `history` tell why
     * - `unknown`: nobody has ever named it, or it is forgotten
     */
    readonly status: 'self' | 'alive' | 'suspect' | 'gone' | 'sought' | 'unknown';
    /** All of it in a few sentences, for people. */
    readonly summary: string;
    /** The member; of one that has gone as it was last. */
    readonly member: Member | null;
    /** Why and when it was a member no longer. */
    readonly gone: {
        readonly reason: GoneReason;
        readonly agoMs: number;
    } | null;
    /** Since the last sign of life, less the time in which this node did not run itself. */
    readonly silentMs: number | null;
    /** From the last ping to its answer, on this link. */
    readonly roundTripMs: number | null;
    /** Of all answers to pings on this link. */
    readonly roundTrips: {
        readonly count: number;
        readonly leastMs: number;
        readonly meanMs: number;
        readonly mostMs: number;
    } | null;
    /** How long our last ping has waited for its answer. */
    readonly unansweredMs: number | null;
    /** Why it is suspect: it is silent, its link was closed, or we closed it ourselves. */
    readonly suspicion: 'silent' | 'closed' | 'dropped' | null;
    /** Whether the other members have been asked about it, and their time to answer runs. */
    readonly othersAsked: boolean;
    /** Until the others are asked about a suspect, or, if they have been, until it is given up. */
    readonly nextStepInMs: number | null;
    /** What other members said of it when they were last asked; those that hear it vouch for it. */
    readonly witnesses: readonly {
        readonly alias: string;
        readonly hears: boolean;
        readonly agoMs: number;
    }[];
    /** The link; null: there is none at the moment. */
    readonly link: {
        readonly dialledByUs: boolean;
        readonly remote: Address;
        /** Since the connection was begun. */
        readonly ageMs: number;
        /** The version of the protocol that both ends speak. */
        readonly version: number;
        /** Control messages on it so far. */
        readonly received: number;
        readonly sent: number;
        readonly receivedAgoMs: number;
        readonly sentAgoMs: number;
    } | null;
    /** How it is dialled, while it is not linked and wanted. */
    readonly dial: {
        readonly address: Address;
        /** A dial is under way now. */
        readonly isUnderWay: boolean;
        /** Until the next, if none is. */
        readonly nextInMs: number | null;
        /** Failed ones in a row. */
        readonly attempts: number;
        readonly failingForMs: number | null;
    } | null;
    /** What happened, the latest last; the same in a row is one entry, `agoMs` that of its last time. */
    readonly history: readonly {
        readonly agoMs: number;
        readonly what: HistoryKind;
        readonly why: string;
        readonly times: number;
    }[];
    /** How reliable this node is itself as an observer. */
    readonly self: {
        /** How late its own timers were, at worst. */
        readonly worstLateMs: number;
        /** How long nothing ran here when its event loop was last blocked for half an interval or longer; 0: it never was. */
        readonly lastBlockMs: number;
        readonly lastBlockAgoMs: number | null;
        /** Most members are silent, so that it doubts itself and gives up nobody. */
        readonly isDoubting: boolean;
    };
}

/** Stops what it was returned for; calling it twice, or late, does nothing. */
type Cancel = () => void;
interface Clock {
    /** Milliseconds from an arbitrary start, never going backwards. */
    now(): number;
    /** Milliseconds since the epoch, for dates that people read; never used to measure. */
    date(): number;
    /** Calls back once after `delayMs`. Timers never keep the host's process alive. */
    timer(delayMs: number, callback: () => void): Cancel;
    /**
     * Calls back when what runs now has come to its end, promises included: before anything else happens. A clock
     * without it has `soon` used instead.
     */
    next?(callback: () => void): void;
    /** Calls back at the end of the current turn of the event loop: after what is already due, before the loop waits. */
    soon(callback: () => void): Cancel;
    /** Calls back after one full turn of the event loop: what waited in the sockets has been read by then. */
    turn(callback: () => void): Cancel;
}

/** The shape of pino's loggers: an object of fields first, then the message. */
interface Logger {
    trace(fields: object, message: string): void;
    debug(fields: object, message: string): void;
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
}

/** One address: `'host:port'`, `'[IPv6]:port'` or `{host, port}`. */
type AddressLike = string | {
    readonly host: string;
    readonly port: number;
};
/** What stands before the options of `join`. */
type JoinTarget = AddressLike | readonly AddressLike[];

/** What every method that waits takes. */
interface CallOptions {
    /** Ends the waiting: the call rejects with ERR_IRIDIUM_ABORTED, whose `cause` is the signal's reason. */
    readonly signal?: AbortSignal | undefined;
}

/** What a message brings. */
interface ChannelMessage<T> {
    readonly from: Member;
    readonly value: T;
}
/** What a request brings. */
interface ChannelRequest<T> extends ChannelMessage<T> {
    /** Fires when nobody waits for the reply any more: the requester gave up, its link is lost, or the channel was closed at either end. */
    readonly signal: AbortSignal;
}
/** The events of a channel. A listener may return a promise: the message counts as dealt with when it settles. */
type ChannelEvents<T> = {
    /** A member has sent a value. Comes after its `memberJoined` and never after its `memberLeft`. */
    message: (event: ChannelMessage<T>) => unknown;
    /** The link to a member was lost: what was under way, in either direction, may be lost too. */
    reset: (event: {
        readonly with: Member;
    }) => unknown;
};
/** Answers a request. What it throws reaches the requester as the message of an ERR_IRIDIUM_HANDLER. */
type RequestHandler<T> = (event: ChannelRequest<T>) => T | PromiseLike<T>;
interface ChannelOptions {
    /**
     * The most bytes of a value, sent or received: 1 to 16 MiB, default 1 MiB. As Avro writes it, it may take 16 more, so that
     * `bytes` may be as long as this. The node keeps memory for one such value.
     */
    readonly maxMessageBytes?: number | undefined;
}
interface RequestOptions extends CallOptions {
    /** Milliseconds until the request rejects with ERR_IRIDIUM_TIMEOUT. Default 10,000. */
    readonly timeoutMs?: number | undefined;
}
/** What became of a broadcast. */
interface BroadcastResult {
    /** The members whose links have taken the value. */
    readonly sent: readonly Member[];
    /** The others, and why: most often ERR_IRIDIUM_NO_LINK or ERR_IRIDIUM_LINK_LOST. */
    readonly failed: readonly {
        readonly member: Member;
        readonly error: IridiumError;
    }[];
}
/**
 * A named stream of typed messages between the hosts of a cluster. Between two `reset`s with a member,
 * messages to and from it arrive exactly once and in order.
 *
 * A value must fit the channel's schema and its `maxMessageBytes`; else the call fails with
 * ERR_IRIDIUM_BAD_MESSAGE, which names the bad field. A call that names somebody who is no member fails with
 * ERR_IRIDIUM_NOT_A_MEMBER, one that names a member without a link with ERR_IRIDIUM_NO_LINK; nothing waits for
 * a link. More than 32 MiB waiting for one member, on all channels, fails with ERR_IRIDIUM_LIMIT.
 */
interface Channel<T> {
    readonly name: string;
    readonly maxMessageBytes: number;
    /**
     * Sends `value` to the member with this alias. Resolves when the link has taken it, which is not delivery:
     * until then it waits for the network, and for a receiver that lags behind. Rejects with
     * ERR_IRIDIUM_LINK_LOST if the link breaks first.
     */
    send(to: string, value: T, options?: CallOptions): Promise<void>;
    /**
     * As `send`, without a promise: takes the value at once, and returns false if the caller had better wait
     * for `drain` before it writes more. Throws what `send` rejects with.
     */
    write(to: string, value: T): boolean;
    /** Resolves when `write` to this member would return true. */
    drain(to: string, options?: CallOptions): Promise<void>;
    /**
     * Sends `value` to every member. Resolves when each link has taken it or failed to; rejects only for what
     * is the caller's own: a value that does not fit, a signal, a closed channel.
     */
    broadcast(value: T, options?: CallOptions): Promise<BroadcastResult>;
    /**
     * Sends `value` to the member's handler and resolves to its reply. Rejects with ERR_IRIDIUM_HANDLER if the
     * handler throws, ERR_IRIDIUM_NO_HANDLER if there is none or its channel is closed before it replies, ERR_IRIDIUM_SCHEMA if one host cannot read the
     * other, ERR_IRIDIUM_TIMEOUT, or ERR_IRIDIUM_LINK_LOST.
     */
    request(to: string, value: T, options?: RequestOptions): Promise<T>;
    /**
     * Answers the requests of others, until the returned function is called; those that it has by then it still answers.
     * @throws IridiumError ERR_IRIDIUM_BAD_STATE if the channel has a handler already
     */
    handle(handler: RequestHandler<T>): () => void;
    on<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this;
    once<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this;
    off<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this;
    addListener<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this;
    removeListener<K extends keyof ChannelEvents<T>>(event: K, listener: ChannelEvents<T>[K]): this;
    /**
     * Closes the channel on this node: what waits rejects with ERR_IRIDIUM_CLOSED, what comes is dropped. Requests that its
     * handler has not answered reject at the requester with ERR_IRIDIUM_NO_HANDLER, and their signals fire.
     */
    close(): void;
    [Symbol.dispose](): void;
}

/** The part of a node's stats that is about channels. The counters go up for the life of the node. */
interface ChannelStats {
    /** Channels that are open now. */
    readonly open: number;
    readonly messages: {
        readonly sent: number;
        readonly received: number;
        /** Received and not delivered: the channel was not open here, nobody listened, or it could not be read. */
        readonly dropped: number;
    };
    readonly requests: {
        readonly sent: number;
        /** Received. */
        readonly received: number;
        /** Sent and waiting for a reply now. */
        readonly waiting: number;
        /** Received and being dealt with now. */
        readonly running: number;
        /** Sent and rejected, for whatever reason. */
        readonly failed: number;
        /** Replies that came when nobody waited any more. */
        readonly late: number;
    };
    /** Bytes of values, as Avro writes them. */
    readonly bytes: {
        readonly sent: number;
        readonly received: number;
    };
    /** Bytes that wait now, for credit or for the network. */
    readonly waitingBytes: number;
    /** Bytes of large messages that are being put together now. */
    readonly reassemblyBytes: number;
    /** How often a sender found that its receiver lags behind. */
    readonly stalls: number;
    /** Schemas of peers that had to be resolved with ours. */
    readonly schemasResolved: number;
    /** Links lost, each told by the event `reset`. */
    readonly resets: number;
}

/** An Avro schema, as JSON would give it: the name of a primitive type, a definition, or a list of them as a union. */
type AvroSchema = string | object;

/** Why a member is one no longer: it said goodbye, it died, or another boot of its alias took its place. */
type LeaveReason = 'left' | 'failed' | 'replaced';
/** The events of an IridiumNode. Each carries one object, so that it can grow. */
type NodeEvents = {
    /** The server is bound. */
    listening: (event: {
        readonly address: Address;
    }) => void;
    /** A HelloAck has arrived, whole, from the node that we said Hello to. `nodes` names neither end. */
    helloAck: (event: {
        readonly from: Member;
        readonly nodes: Member[];
    }) => void;
    /** This node's `join()` has succeeded; once each, and never on the seed. */
    joined: (event: {
        readonly via: Member;
        readonly members: Member[];
    }) => void;
    /** A node has become a member. */
    memberJoined: (event: {
        readonly member: Member;
    }) => void;
    /** A member has stopped to answer. */
    memberSuspected: (event: {
        readonly member: Member;
    }) => void;
    /** A suspected member answers again. */
    memberRecovered: (event: {
        readonly member: Member;
    }) => void;
    /** A member has new tags. */
    memberUpdated: (event: {
        readonly member: Member;
    }) => void;
    /** A member has gone: exactly once for each time it was a member. */
    memberLeft: (event: {
        readonly member: Member;
        readonly reason: LeaveReason;
    }) => void;
    /** No member answers any more. */
    isolated: (event: Record<string, never>) => void;
    /** This node has left the cluster. */
    left: (event: Record<string, never>) => void;
    /** This node is closed. */
    closed: (event: Record<string, never>) => void;
    /** Something failed for which no caller waits. */
    error: (error: IridiumError) => void;
};
/** What the event `Name` carries. */
type EventPayload<Name extends keyof NodeEvents> = Parameters<NodeEvents[Name]>[0];

/** The options of `waitFor`. */
interface WaitOptions<Name extends keyof NodeEvents> extends CallOptions {
    /**
     * Only an event for which this returns true ends the waiting. What it throws rejects the promise, as the cause of an
     * ERR_IRIDIUM_LISTENER; so does a promise in place of the answer.
     */
    readonly filter?: ((payload: EventPayload<Name>) => boolean) | undefined;
}

type EventMap = {
  [key: string]: (...args: any[]) => void
}

/** The part of typed-emitter's contract that eventemitter3 implements. */
interface Emitter<E extends EventMap> {
    on<K extends keyof E>(event: K, listener: E[K]): this;
    once<K extends keyof E>(event: K, listener: E[K]): this;
    off<K extends keyof E>(event: K, listener: E[K]): this;
    addListener<K extends keyof E>(event: K, listener: E[K]): this;
    removeListener<K extends keyof E>(event: K, listener: E[K]): this;
    emit<K extends keyof E>(event: K, ...args: Parameters<E[K]>): boolean;
    listenerCount(event: keyof E): number;
    removeAllListeners(event?: keyof E): this;
}
declare const Emitter: new <E extends EventMap>() => Emitter<E>;

/**
 * An emitter that calls each listener in its own try. What a listener throws, or, if it is asynchronous,
 * rejects with, goes to `listenerFailed`. Works with `once` and `on` of node:events.
 */
declare abstract class GuardedEmitter<E extends EventMap> extends Emitter<E> {
    #private;
    /** Told what a listener of `event` has thrown. Must not throw. */
    protected abstract listenerFailed(event: keyof E, cause: unknown): void;
    on<K extends keyof E>(event: K, listener: E[K]): this;
    addListener<K extends keyof E>(event: K, listener: E[K]): this;
    once<K extends keyof E>(event: K, listener: E[K]): this;
    off<K extends keyof E>(event: K, listener: E[K]): this;
    /** Removes `listener` from `event`, as often as it was added. */
    removeListener<K extends keyof E>(event: K, listener: E[K], ...rest: unknown[]): this;
}

interface Transport {
    /**
     * Listens at `address`; port 0 picks a free one. Rejects with ERR_IRIDIUM_LISTEN_FAILED when the
     * address is taken or not this host's, and with ERR_IRIDIUM_INSECURE when it may not be listened at.
     */
    listen(address: Address, handler: ListenHandler): Promise<Listener>;
    /**
     * Connects to `address`, encryption included, within `timeoutMs`; a connection that came in time counts also
     * when this host was blocked and sees it late. Exactly one of the handler's two
     * methods is called, once; neither after the returned function was called.
     */
    dial(address: Address, timeoutMs: number, handler: DialHandler): Cancel;
}
interface ListenHandler {
    /**
     * Somebody has connected, and is authenticated as far as the transport can. The connection counts among the
     * unfinished handshakes until `keep`.
     */
    accepted(connection: Connection): ConnectionHandler;
    /** Somebody could not be taken; listening goes on. Of many such errors within a second one is told, with their number. */
    failed(error: Error): void;
}
interface Listener {
    /** Where it listens, with the port that was picked. */
    readonly address: Address;
    /** What it has seen of strangers so far, also after `close`, if this transport counts them. */
    readonly strangers?: StrangerCounts;
    /** Stops to listen at once: the port is free when this returns. Accepted connections live on. */
    close(): void;
}
/** Of the connections that others make. */
interface StrangerCounts {
    /** All that were accepted: so far. Programs leave turns of the event loop to them, if the transport counts them. */
    readonly accepted?: number;
    /** Of which `keep` has not been said: now. */
    readonly unfinished: number;
    /** Ended for lack of a place, or because they had not become a member's in time: so far. */
    readonly evicted: number;
    /** Ended, whoever ended them, before they were authenticated, and so never given to the handler: so far. */
    readonly rejected: number;
}
interface DialHandler {
    connected(connection: Connection): ConnectionHandler;
    /** `message` is for people; whoever dialled adds the address. */
    failed(reason: DialFailure, message: string): void;
}
/** What a connection tells whoever uses it. */
interface ConnectionHandler {
    /** Bytes in the order in which they were sent, cut anywhere. They are given away: nobody writes to them again. */
    data(bytes: Uint8Array): void;
    /** After a `write` that returned false: what was queued has gone out far enough, write on. */
    drained(): void;
    /** It has ended, whoever ended it: exactly once, and nothing comes after it. Without `error`, in good order. */
    closed(error?: Error): void;
}
interface Connection {
    /** The other end: of an accepted connection not where that node listens. */
    readonly remote: Address;
    /** Bytes that were written and not yet handed to the network. When it is 0, written buffers may be used again. */
    readonly writableLength: number;
    /**
     * Takes `bytes`, all of them, and keeps a reference to them until they have gone out. False asks the
     * caller to stop until `drained`; what is written nevertheless is queued. After the end it does nothing.
     */
    write(bytes: Uint8Array): boolean;
    /** Delivers nothing, not even the end that the other side makes, until `resume`; what comes waits in the network. A connection that breaks still says so, and a chunk that is on its way may still come. */
    pause(): void;
    resume(): void;
    /**
     * Ends in good order: what was written goes out first, then the other end is told. Nothing is delivered
     * from here on. Destroyed after `timeoutMs`, if the other end does not follow.
     */
    end(timeoutMs: number): void;
    /**
     * The other end has turned out to be a member. An accepted connection of which this has not been said ends
     * after HANDSHAKE_TIMEOUT_MS, encryption included, or for a newcomer when there are too many of its kind.
     */
    keep(): void;
    /** Ends at once; what has not gone out is lost. */
    destroy(): void;
}

/** A certificate, key or list of revoked certificates in PEM form. */
type Pem = string | Uint8Array;
/** The certificates with which nodes prove to each other that they belong to the cluster, named as in node:tls. */
interface TlsOptions {
    /** This node's private key. */
    readonly key: Pem | readonly Pem[];
    /** This node's certificate, with those between it and the `ca`, if any. Where it limits its use, it must allow both server and client authentication. */
    readonly cert: Pem | readonly Pem[];
    /** Whose certificates are accepted. Every holder of one is a member: use a certificate authority of the cluster's own, or `servername`. */
    readonly ca: Pem | readonly Pem[];
    /** Opens `key`, if it is encrypted. */
    readonly passphrase?: string | undefined;
    /** Lists of revoked certificates. */
    readonly crl?: Pem | readonly Pem[] | undefined;
    /**
     * A DNS name that every member's certificate must bear, whichever side shows it, as in `members.iridium.example`.
     * Without it no name is checked. Hosts and aliases never are: certificates do not bind them.
     */
    readonly servername?: string | undefined;
    /** Cipher suites of TLS 1.3 that are allowed, separated by colons; those of older versions are passed over. Default: node:tls's. */
    readonly ciphers?: string | undefined;
    /** Always true; may be written down. */
    readonly requestCert?: boolean | undefined;
    /** Always true; may be written down. */
    readonly rejectUnauthorized?: boolean | undefined;
    /** Always `TLSv1.3`; may be written down. */
    readonly minVersion?: string | undefined;
}

/**
 * Key material that all nodes of a cluster share: what `iridium keygen` prints (32 random bytes in base64url),
 * or any 16 to 1024 bytes that nobody can guess. Text stands for its bytes in UTF-8, without white space at its
 * ends, and has at least 22 characters. A pass phrase is no key material: who records the beginning of one
 * connection can test guesses as fast as a computer can count.
 */
type Secret = string | Uint8Array;
/** The options that decide who may talk to a node. */
interface SecurityOptions {
    /**
     * Turns on TLS 1.3 with a key derived from it: only nodes with the same secret can link, and what they say is
     * encrypted. A list changes a key without a stop: the first is used for dialling, all are accepted.
     */
    readonly secret?: Secret | readonly Secret[] | undefined;
    /** Turns on TLS 1.3 with certificates on both sides. Not together with `secret`. */
    readonly tls?: TlsOptions | undefined;
    /** Allows traffic beyond loopback that neither `secret` nor `tls` protects. Default false. */
    readonly insecure?: boolean | undefined;
}

/** The options of a node, all optional. */
interface NodeOptions extends SecurityOptions {
    /** The node's unique name in the cluster: 1 to 64 bytes of UTF-8 without control characters. Default: a random UUID. */
    readonly alias?: string | undefined;
    /** Where to listen: an address of this host, or a name of it. Default 127.0.0.1. */
    readonly host?: string | undefined;
    /** The port to listen at; 0 picks a free one. Default 2254. */
    readonly port?: number | undefined;
    /**
     * What to tell others about where this node listens, where that differs, as behind a forwarded port.
     * Default: where it listens; for a wildcard host such as 0.0.0.0 the address that the seed saw.
     */
    readonly advertise?: {
        readonly host: string;
        readonly port: number;
    } | undefined;
    /** Addresses that `start()` and the years after it try, so that a node finds its cluster again by itself. */
    readonly seeds?: readonly AddressLike[] | undefined;
    /** Nodes of differently named clusters refuse each other: 1 to 64 bytes of UTF-8. Default `iridium`. */
    readonly cluster?: string | undefined;
    /** Small facts that every member sees: at most 32 entries and 2 KiB in all. */
    readonly tags?: Readonly<Record<string, string>> | undefined;
    /**
     * `intervalMs` (default 1000, 10 to 3,600,000): how often a sign of life is sent on a silent link; two
     * intervals of silence make a member suspect. `timeoutMs` (default 5000, at least twice the interval):
     * how much silence is taken for its death. Raising it makes false alarms rarer and deaths noticed later;
     * it must be longer than this host ever blocks its event loop. The same values for all nodes are best.
     */
    readonly heartbeat?: {
        readonly intervalMs?: number | undefined;
        readonly timeoutMs?: number | undefined;
    } | undefined;
    /** Shaped as pino's: `trace`, `debug`, `info`, `warn` and `error`, each (fields, message). Default: silent. */
    readonly logger?: Logger | undefined;
    /** How bytes travel. Default: TCP. */
    readonly transport?: Transport | undefined;
    /** What time it is. Default: the host's. */
    readonly clock?: Clock | undefined;
    /** Where ids and jitter come from. Default: the host's. */
    readonly random?: Random | undefined;
}

/** The options of `node.run`. */
interface ProgramOptions extends CallOptions {
    /** Instructions that it may execute; when they are used up, the run resolves with a stop of kind `yielded`. Default: no end. */
    readonly fuel?: number | undefined;
    /** What the first integer registers hold at the start: up to 32 signed 32-bit integers. */
    readonly registers?: ArrayLike<number> | undefined;
    /** What the first float registers hold at the start: up to 32 numbers. */
    readonly floatRegisters?: ArrayLike<number> | undefined;
    /** Ceiling of its heap in bytes; see Vm. */
    readonly maxHeapBytes?: number | undefined;
    /** Ceiling of its stack in entries of 4 bytes; see Vm. */
    readonly maxStackEntries?: number | undefined;
    /** What executes it; see Vm. Here 'compiled' and 'auto' compile in the background, and interpret until then. */
    readonly engine?: 'auto' | 'interpreter' | 'compiled' | undefined;
}
/** How a run ended, and what it left. */
interface RunResult {
    readonly stop: Stop;
    readonly registers: Int32Array;
    readonly floatRegisters: Float64Array;
    /** What it printed, up to 1 MiB; `outputTruncated` says whether there was more. */
    readonly output: string;
    readonly outputTruncated: boolean;
    readonly instructionCount: number;
}

/** What `stats()` returns: a copy, whose counters go up for the life of the node unless they say otherwise. */
interface NodeStats {
    /** Connections: now open (handshakes included), now links with members, and in all so far. */
    readonly links: {
        readonly open: number;
        readonly members: number;
        readonly dialled: number;
        /** Made by others, and authenticated where there is `secret` or `tls`. */
        readonly accepted: number;
        /** Made by others, and ended before they had proved by `secret` or `tls` that they belong to the cluster. */
        readonly rejected: number;
        readonly dialsFailed: number;
        /** Ended by an error of the network, or for what the peer sent. */
        readonly broken: number;
        /** How often a link was read no further in a turn, because what came in had had its time. */
        readonly slowed: number;
    };
    /** Control messages of the cluster; `channels` has those between hosts. */
    readonly messages: {
        readonly received: number;
        readonly sent: number;
    };
    readonly bytes: {
        readonly received: number;
        readonly sent: number;
    };
    readonly heartbeats: {
        readonly received: number;
        readonly sent: number;
    };
    /** Milliseconds from a question (Hello, Join, Ping) to its answer, the last one on each member's link, by alias. */
    readonly roundTripMs: Readonly<Record<string, number>>;
    /** Members now, by their status. */
    readonly members: {
        readonly alive: number;
        readonly suspect: number;
    };
    /** What waits now, apart from channels (`channels` has theirs) and programs: each has a bound. */
    readonly queues: {
        /** Bytes of frames that wait for the network, on all links together; those of channels that are under way among them. */
        readonly outboxBytes: number;
        /** Connections that others have made and that are no member's link yet. */
        readonly strangers: number;
        /** Dials under way. */
        readonly dials: number;
        /** Nodes that should be linked and are not, and are dialled again. */
        readonly sought: number;
        /** Seeds, dialled or not. */
        readonly seeds: number;
        /** Calls of the host that wait: `join`, `run`, `waitFor`, requests and so on. */
        readonly calls: number;
    };
    /** How late this node's own timers were, in milliseconds: at worst, and when its event loop was last blocked for half an interval or longer. */
    readonly timers: {
        readonly worstLateMs: number;
        readonly lastBlockMs: number;
    };
    /**
     * How often a bound of this node was reached, and what went over it refused: strangers that had to make room or were too
     * slow, nodes refused because it has as many members as it may have, links whose peer does not read, messages and channels.
     */
    readonly boundsHit: number;
    /** Messages between hosts. */
    readonly channels: ChannelStats;
    /** Programs of `run()`: now running, ended so far, and the instructions that they executed. */
    readonly machines: {
        readonly running: number;
        readonly finished: number;
        readonly instructions: number;
    };
}

/**
 * - `idle`: made, not started
 * - `listening`: others can join through it; it has no members
 * - `joined`: it has members, or its own join has succeeded
 * - `closing`, `closed`: after `close()`
 */
type NodeState = 'idle' | 'listening' | 'joined' | 'closing' | 'closed';
/**
 * A node of an Iridium cluster: a peer that forms a full mesh with the other nodes and tells who comes and
 * goes, and a place to run programs. Made without any I/O; `start` or `join` brings it to life, and from then
 * on it keeps the process alive, as a listening server does, until `close`.
 *
 * Every method that waits takes `{signal}`: it rejects with ERR_IRIDIUM_ABORTED when the signal fires, and with
 * ERR_IRIDIUM_CLOSED when the node is or gets closed. Bad arguments are ERR_IRIDIUM_BAD_OPTION.
 */
declare class IridiumNode extends GuardedEmitter<NodeEvents> {
    #private;
    /** 128 random bits of this boot, as 32 hex digits. */
    readonly id: string;
    /** The node's name in the cluster. */
    readonly alias: string;
    /** @throws IridiumError ERR_IRIDIUM_BAD_OPTION for a bad or unknown option, ERR_IRIDIUM_NOT_SUPPORTED */
    constructor(options?: NodeOptions);
    get state(): NodeState;
    /** Where the node listens, with the port that was picked; null until it does, and once it is closed. */
    get address(): Address | null;
    /** This node, as the others see it. */
    get self(): Member;
    /** The other members by alias, never this node itself: a live view of what the events have said so far. */
    get members(): ReadonlyMap<string, Member>;
    /**
     * The node's own machine, with an empty program at first, for the host to drive. Programs of `run` do not touch it.
     * @throws IridiumError ERR_IRIDIUM_CLOSED once the node is closed
     */
    get vm(): Vm;
    /**
     * Listens, answers others, and keeps trying the seeds of the options. Resolves when it listens; does nothing
     * if it does already, and takes the node back into service after `leave()`.
     * @throws IridiumError ERR_IRIDIUM_LISTEN_FAILED, ERR_IRIDIUM_INSECURE
     */
    start(options?: CallOptions): Promise<void>;
    /**
     * Joins the cluster of any of the seeds; starts first, if need be. An address of its own is skipped. Resolves
     * when every listed member is linked, refused, or 5 s old, to the members that are linked; the rest is found later.
     * Joining again merges clusters. A signal ends the waiting; a link that was made by then stays.
     * @throws IridiumError ERR_IRIDIUM_JOIN_FAILED if no seed accepts, with the reasons (one of each seed) as the
     *   `errors` of its cause: the node stays listening; what `start` rejects with
     */
    join(target: JoinTarget, options?: CallOptions): Promise<Member[]>;
    join(host: string, port: number, options?: CallOptions): Promise<Member[]>;
    /**
     * Says goodbye to all members. The node keeps its listener, but is nobody's member until `start` or `join`.
     * Does nothing if it is not in the cluster.
     */
    leave(options?: CallOptions): Promise<void>;
    /**
     * Leaves, and stops all that the node does: its programs, its links, its listener. Works in every state, takes
     * no longer than two seconds, and always resolves; calls that wait reject with ERR_IRIDIUM_CLOSED. Nothing
     * of the node keeps the process alive afterwards.
     */
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
    /**
     * Runs a program on a fresh machine of this node, also before `start`. It runs in slices, between which the
     * host's event loop goes on: all programs of a node together hold it for 4 ms at a time,
     * and leave turns of it to nodes that connect, up to 32 in a row.
     * What the program does wrong is a `stop`, never a rejection.
     */
    run(program: Program, options?: ProgramOptions): Promise<RunResult>;
    /**
     * Opens a channel: a named stream of messages with the hosts of all members, whose values are of type `T` and
     * fit the Avro `schema`. Opening it again with the same schema gives the same channel. Works in every state
     * but closing and closed; up to 256 channels are open at once.
     * @throws IridiumError ERR_IRIDIUM_BAD_OPTION with what is wrong with the name, the schema or the options, or
     *   if the channel is open with others; ERR_IRIDIUM_LIMIT; ERR_IRIDIUM_CLOSED
     */
    channel<T = unknown>(name: string, schema: AvroSchema, options?: ChannelOptions): Channel<T>;
    /** Resolves to the payload of the next event of this name (that passes the filter). */
    waitFor<Name extends keyof NodeEvents>(event: Name, options?: WaitOptions<Name>): Promise<EventPayload<Name>>;
    /**
     * Gives this node other tags, which every member gets to see (`memberUpdated`).
     * @throws IridiumError ERR_IRIDIUM_BAD_OPTION, ERR_IRIDIUM_CLOSED
     */
    setTags(tags: Readonly<Record<string, string>>): void;
    /**
     * Strikes a failed member off for good, by id or alias: it is not dialled any more. Does nothing for one that is
     * alive or unknown; one that dials us itself is welcome.
     * @throws IridiumError ERR_IRIDIUM_BAD_OPTION, ERR_IRIDIUM_CLOSED
     */
    forget(idOrAlias: string): void;
    /** What the node has counted so far, as a copy. */
    stats(): NodeStats;
    /**
     * Why a member is what it is: when it was last heard, how long its answers take, what is held against it and who
     * vouches for it, what its link has seen, and how late this node's own timers were. Also of one that has gone
     * lately, is named but not linked, or is unknown: `status` says so. Works in every state.
     * @throws IridiumError ERR_IRIDIUM_BAD_OPTION if `alias` is no text
     */
    diagnose(alias: string): Diagnosis;
    protected listenerFailed(event: keyof NodeEvents, cause: unknown): void;
}

export { IridiumNode };
export type { Address, AddressLike, AvroSchema, BroadcastResult, CallOptions, Cancel, Channel, ChannelEvents, ChannelMessage, ChannelOptions, ChannelRequest, ChannelStats, Clock, Connection, ConnectionHandler, Diagnosis, DialFailure, DialHandler, EventPayload, GoneReason, HistoryKind, JoinTarget, LeaveReason, ListenHandler, Listener, Logger, Member, NodeEvents, NodeOptions, NodeState, NodeStats, Pem, ProgramOptions, Random, RequestHandler, RequestOptions, RunResult, Secret, SecurityOptions, TlsOptions, Transport, WaitOptions };
