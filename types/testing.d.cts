/// <reference lib="esnext.disposable" />
import { IridiumNode, NodeOptions } from './index.cjs';
import './shared2.cjs';

/** The options of a test cluster. */
interface TestClusterOptions {
    /** The same seed and the same calls give the same ids, jitter and events: an integer. Default 1. */
    readonly seed?: number | undefined;
    /** Milliseconds that a packet takes from one node to another. Default 1. */
    readonly latencyMs?: number | undefined;
}
/** The options of a node in a test cluster: those of IridiumNode without what the simulation gives it. */
type TestNodeOptions = Omit<NodeOptions, (typeof TAKEN)[number]>;
/** What the simulation gives its nodes, or has no use for. */
declare const TAKEN: readonly ["transport", "clock", "random", "secret", "tls", "insecure"];
/** A node, or the alias of one; of several with the same alias the latest. */
type NodeName = string | IridiumNode;
/** Makes a cluster in memory, without sockets and without waiting. */
declare function createTestCluster(options?: TestClusterOptions): TestCluster;
/**
 * IridiumNodes, the real ones, on a simulated network and clock. Time stands still, except in `advance`, and
 * while a `start`, `join`, `leave` or `close` of one of its nodes is awaited. Programs of `node.run` are the
 * exception: they take real time, as everywhere.
 */
declare class TestCluster {
    #private;
    /** @throws IridiumError ERR_IRIDIUM_BAD_OPTION */
    constructor(options: TestClusterOptions);
    /** Milliseconds of simulated time since the cluster was made. */
    get now(): number;
    /** The nodes that were made and neither killed nor closed by the cluster, in the order of their making. */
    get nodes(): readonly IridiumNode[];
    /**
     * Makes a node in a process of its own. It listens at 127.0.0.1 and, by default, at a port of its own
     * choice; an alias that is already there makes a twin, or the next boot of one that has gone.
     */
    node(options?: TestNodeOptions): IridiumNode;
    /** Lets `ms` of simulated time go by: everything that is due happens, in order, and promises are followed. */
    advance(ms: number): Promise<void>;
    /**
     * Cuts the network between the groups, both ways; within a group, and for nodes in no group, it stays whole.
     * What is sent over a cut waits, as TCP would send it again, and arrives after `heal` if its connection lives.
     */
    partition(...groups: readonly (readonly NodeName[])[]): void;
    /** Ends all partitions. */
    heal(): void;
    /**
     * Ends a node's process as SIGKILL does: no goodbye, its connections end, nobody listens at its address. Its
     * listeners hear nothing more, its pending calls reject with ERR_IRIDIUM_CLOSED.
     */
    kill(name: NodeName): void;
    /**
     * Blocks a node's event loop for `ms`, as a host does that computes: it neither hears, answers nor keeps time.
     * A later call replaces an earlier one, 0 ends the stall, and so does closing the node.
     */
    stall(name: NodeName, ms: number): void;
    /** Closes all nodes, stalled ones too. */
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

export { TestCluster, createTestCluster };
export type { NodeName, TestClusterOptions, TestNodeOptions };
