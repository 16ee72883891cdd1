/// <reference lib="esnext.disposable" />
/** What each code means, and whether the same call may succeed later without a change by the caller. */
declare const ERROR_CODES: {
    readonly ERR_IRIDIUM_BAD_OPTION: {
        readonly retriable: false;
        readonly meaning: "An option or argument has the wrong type or is out of its range, or is unknown.";
    };
    readonly ERR_IRIDIUM_NOT_SUPPORTED: {
        readonly retriable: false;
        readonly meaning: "The option or call is known, but this version or platform cannot do it.";
    };
    readonly ERR_IRIDIUM_BAD_STATE: {
        readonly retriable: false;
        readonly meaning: "The call does not fit the state that the node is in.";
    };
    readonly ERR_IRIDIUM_BUSY: {
        readonly retriable: true;
        readonly meaning: "The machine is already running: a nested run of the same machine.";
    };
    readonly ERR_IRIDIUM_CLOSED: {
        readonly retriable: false;
        readonly meaning: "The node, machine or channel has been closed.";
    };
    readonly ERR_IRIDIUM_ABORTED: {
        readonly retriable: false;
        readonly meaning: "The caller's signal has fired; `cause` holds its reason.";
    };
    readonly ERR_IRIDIUM_ASSEMBLY: {
        readonly retriable: false;
        readonly meaning: "The source does not assemble; `diagnostics` says where and why.";
    };
    readonly ERR_IRIDIUM_BAD_PROGRAM: {
        readonly retriable: false;
        readonly meaning: "The bytes are not an EPIE image, or the image contradicts itself.";
    };
    readonly ERR_IRIDIUM_BAD_SNAPSHOT: {
        readonly retriable: false;
        readonly meaning: "The bytes are not a snapshot of this program, or the snapshot contradicts itself.";
    };
    readonly ERR_IRIDIUM_LISTEN_FAILED: {
        readonly retriable: true;
        readonly meaning: "The node could not listen at its host and port.";
    };
    readonly ERR_IRIDIUM_JOIN_FAILED: {
        readonly retriable: true;
        readonly meaning: "No seed accepted the node; `cause` holds the reasons.";
    };
    readonly ERR_IRIDIUM_ALIAS_TAKEN: {
        readonly retriable: false;
        readonly meaning: "Another living node holds this alias.";
    };
    readonly ERR_IRIDIUM_REFUSED: {
        readonly retriable: false;
        readonly meaning: "A node refused the link, or was refused, for the reason that the message gives.";
    };
    readonly ERR_IRIDIUM_BAD_FRAME: {
        readonly retriable: false;
        readonly meaning: "A peer sent bytes that are no message of the protocol, or one over its bound; its link is closed.";
    };
    readonly ERR_IRIDIUM_PROTOCOL: {
        readonly retriable: false;
        readonly meaning: "A peer sent a message that its state does not allow; its link is closed.";
    };
    readonly ERR_IRIDIUM_LIMIT: {
        readonly retriable: true;
        readonly meaning: "A bound of limits.ts was reached; what went over it was refused.";
    };
    readonly ERR_IRIDIUM_INSECURE: {
        readonly retriable: false;
        readonly meaning: "Traffic beyond loopback needs `secret`, `tls` or `insecure: true`.";
    };
    readonly ERR_IRIDIUM_UNAUTHENTICATED: {
        readonly retriable: false;
        readonly meaning: "The other end of a connection could not prove that it belongs to the cluster, or we could not: compare `secret` or `tls` on both sides.";
    };
    readonly ERR_IRIDIUM_UNREACHABLE: {
        readonly retriable: true;
        readonly meaning: "No connection could be made to this address, or it was cut before an answer came.";
    };
    readonly ERR_IRIDIUM_LINK_LOST: {
        readonly retriable: true;
        readonly meaning: "The link to a member broke; what was under way on it may be lost.";
    };
    readonly ERR_IRIDIUM_NO_LINK: {
        readonly retriable: true;
        readonly meaning: "There is no usable link to this member at the moment.";
    };
    readonly ERR_IRIDIUM_NOT_A_MEMBER: {
        readonly retriable: false;
        readonly meaning: "No member has this alias or id.";
    };
    readonly ERR_IRIDIUM_BAD_MESSAGE: {
        readonly retriable: false;
        readonly meaning: "A value does not fit its channel's schema, is larger than a message may be there, or could not be read.";
    };
    readonly ERR_IRIDIUM_SCHEMA: {
        readonly retriable: false;
        readonly meaning: "What a member writes on a channel cannot be read with the other member's schema.";
    };
    readonly ERR_IRIDIUM_NO_HANDLER: {
        readonly retriable: true;
        readonly meaning: "The member has not opened the channel, answers no requests there, or has closed it before it replied.";
    };
    readonly ERR_IRIDIUM_HANDLER: {
        readonly retriable: false;
        readonly meaning: "The member's handler of the request has thrown; the message is what it threw.";
    };
    readonly ERR_IRIDIUM_TIMEOUT: {
        readonly retriable: true;
        readonly meaning: "The answer did not come in time.";
    };
    readonly ERR_IRIDIUM_LISTENER: {
        readonly retriable: false;
        readonly meaning: "One of the host's event listeners, or a filter of `waitFor`, threw; `cause` holds what it threw.";
    };
    readonly ERR_IRIDIUM_INTERNAL: {
        readonly retriable: false;
        readonly meaning: "A fault of this package: please report it, with the message.";
    };
};
/** The closed list of codes. */
type ErrorCode = keyof typeof ERROR_CODES;
declare const brand$1: unique symbol;
/**
 * Every error that this package throws or emits. `code` is stable, `message` is for people.
 * Branded, so that `instanceof` works across the ESM and CJS builds.
 */
declare class IridiumError extends Error {
    static [Symbol.hasInstance](value: unknown): value is IridiumError;
    readonly name: string;
    readonly code: ErrorCode;
    /** Whether the same call may succeed later without a change by the caller. */
    readonly retriable: boolean;
    constructor(code: ErrorCode, message: string, options?: ErrorOptions & {
        retriable?: boolean;
    });
    get [brand$1](): true;
}

/** What a program can do wrong; each stops it with code 1, and the faulting instruction changes nothing. */
declare const FAULTS: {
    readonly divisionByZero: "DIV by a register that holds 0";
    readonly heapOutOfRange: "LOADM or SETM where not all 4 bytes lie in the heap";
    readonly heapLimit: "ALOC beyond the ceiling of the heap";
    readonly negativeAllocation: "ALOC of a negative number of bytes";
    readonly stackOverflow: "PUSH or CALL beyond the ceiling of the stack";
    readonly stackUnderflow: "POP where the frame holds nothing to pop";
    readonly returnWithoutCall: "RET outside any call";
    readonly badRegister: "a register operand above 31";
    readonly truncatedInstruction: "the image ends inside the instruction";
    readonly badString: "PRTS of an offset outside the read-only section, or of text without its NUL";
};
type FaultReason = keyof typeof FAULTS;

/** What a program did wrong, and where. The faulting instruction has changed nothing. */
interface Fault {
    readonly reason: FaultReason;
    /** Byte address of the faulting instruction in the image. */
    readonly pc: number;
    readonly message: string;
}
/** How a program ended: 0 for HLT, 1 for an illegal opcode or a way out of the image, or a fault. */
type FinalStop = {
    readonly kind: 'halted';
    readonly code: 0 | 1;
} | {
    readonly kind: 'crashed';
    readonly code: 1;
    readonly fault: Fault;
};
/** Why a run ended: with its program, or with its fuel. */
type Stop = FinalStop | {
    readonly kind: 'yielded';
};

declare const brand: unique symbol;
/**
 * Assembled, checked, immutable bytecode. Made by `assemble` or `Program.from`. Branded, so that a program of
 * the ESM build runs in the CJS build, and the other way round.
 */
declare class Program {
    #private;
    static [Symbol.hasInstance](value: unknown): value is Program;
    /** The EPIE image. Not to be written to. */
    readonly bytes: Uint8Array;
    /** Labels and their values, where the program came from source; empty for an image. */
    readonly symbols: ReadonlyMap<string, number>;
    /** The read-only section, a view into `bytes`. */
    readonly readOnly: Uint8Array;
    /** The code, a view into `bytes`. */
    readonly code: Uint8Array;
    private constructor();
    /**
     * Checks an image and copies it: length of at least 68, magic, reserved bytes zero, read-only length
     * within the image, size. Throws ERR_IRIDIUM_BAD_PROGRAM; ERR_IRIDIUM_BAD_OPTION for what is no Uint8Array.
     */
    static from(bytes: Uint8Array, symbols?: ReadonlyMap<string, number>): Program;
    /** Where the first instruction stands: 68 + the length of the read-only section. */
    get codeStart(): number;
    get [brand](): true;
    /** Hex SHA-256 of `bytes`; computed once, when it is first read. */
    get id(): string;
}

/** A program of this machine has started or stopped. `code` is the stop code, 0 for a start. */
interface VmEvent {
    readonly type: 'start' | 'gracefulStop' | 'crash';
    readonly code: 0 | 1;
    readonly at: Date;
}

interface VmOptions {
    /**
     * Called with what PRTS prints, text by text, while the machine runs. What it throws reaches the caller of
     * run, with the PRTS completed; the next run goes on behind it. Default: the text is collected in `vm.output`.
     */
    output?: ((text: string) => void) | undefined;
    /** Bytes of UTF-8 that `vm.output` collects at most, 0 to 1 GiB; default 1 MiB. */
    maxOutputBytes?: number | undefined;
    /** Ceiling of the heap in bytes, 0 to 1 GiB; default 16 MiB. Below 2048 the heap starts smaller. */
    maxHeapBytes?: number | undefined;
    /** Ceiling of the stack in entries of 4 bytes, 0 to 67,108,864; default 2,097,152. */
    maxStackEntries?: number | undefined;
    /**
     * What executes the program; the result is the same. 'compiled' compiles it to WebAssembly when it first
     * runs; 'auto' (the default) when it has run long enough to repay that. Where the platform refuses to
     * compile, the interpreter serves.
     */
    engine?: 'auto' | 'interpreter' | 'compiled' | undefined;
    /**
     * Milliseconds since the epoch, for the times of events; default Date.now. Called as a run begins and as the program
     * stops. What it throws reaches the caller of run; the next run asks again.
     */
    now?: (() => number) | undefined;
}
interface RunOptions {
    /** Instructions that the run may execute: an integer of at least 0, or Infinity, the default. */
    fuel?: number | undefined;
}
interface LoadOptions {
    /** Byte address in the image at which the program starts, 0 to 2^31 - 1; default: the start of its code. */
    pc?: number | undefined;
}

/**
 * One machine that executes one program: 32 integer and 32 float registers, flags, a heap and a stack, within
 * ceilings and metered by fuel. Nothing a program does throws, or reaches the host but through `output`.
 *
 * Once closed, everything but `output`, `outputTruncated` and `program` throws ERR_IRIDIUM_CLOSED.
 */
declare class Vm {
    #private;
    /**
     * A machine at the start of `program`. Throws ERR_IRIDIUM_BAD_OPTION for a bad or unknown option,
     * ERR_IRIDIUM_LIMIT if the platform has no memory left.
     */
    constructor(program: Program, options?: VmOptions);
    /** The program that was loaded last. */
    get program(): Program;
    /**
     * The integer registers, 32 of them: a live view, to be written to as well. Read the property again after
     * anything that runs, creates or closes a Vm or reads a `heap`: the view may be of other memory then.
     */
    get registers(): Int32Array;
    /** The float registers, 32 of them: a live view like `registers`. A NaN is seen as 0x7ff8000000000000. */
    get floatRegisters(): Float64Array;
    /** The heap, as long as the program sees it: a live view like `registers`. Reading it backs all of it by memory. */
    get heap(): Uint8Array;
    /** The result of the latest comparison. */
    get equalFlag(): boolean;
    /** What the latest DIV left, with the sign of its dividend. */
    get remainder(): number;
    get loopCounter(): number;
    /** Byte address in the image of the next instruction; of the one at fault in a crashed machine. */
    get pc(): number;
    /** Entries on the stack, of 4 bytes each; a CALL takes two. */
    get stackDepth(): number;
    /** Instructions executed so far, by all programs of this machine. */
    get instructionCount(): number;
    /** What was printed, up to `maxOutputBytes`; always empty with an `output` callback. */
    get output(): string;
    /** Whether the program has printed more than `output` holds. */
    get outputTruncated(): boolean;
    /** Starts and stops, oldest first: one start per load, when it first runs. The latest 1024 are kept. */
    get events(): readonly VmEvent[];
    /**
     * Executes until the program stops or the fuel is used up, and says which. A stopped machine stays stopped:
     * the same Stop is returned again. Throws ERR_IRIDIUM_BAD_OPTION for a bad fuel, ERR_IRIDIUM_BUSY when called
     * from this machine's own `output` or `now`, and what these throw.
     */
    run(options?: RunOptions): Stop;
    /** Executes exactly one instruction; otherwise like run. */
    step(): Stop;
    /**
     * Puts another program into the machine: registers, flags, heap and stack stay, a stop is cleared. Throws
     * ERR_IRIDIUM_BAD_OPTION for a bad `pc`, ERR_IRIDIUM_BUSY when called from this machine's own `output` or `now`.
     */
    load(program: Program, options?: LoadOptions): void;
    /**
     * The whole state of the machine as bytes, an Avro record of the schema in `iridium-node/snapshot.avsc`: all
     * that its program and its ceilings do not say, with the collected output, without the events. Throws
     * ERR_IRIDIUM_BUSY when called from this machine's own `output` or `now`.
     */
    snapshot(): Uint8Array;
    /**
     * A machine that goes on where `snapshot` was taken, of the same program, on whatever engine and host. Its
     * ceilings come from the options. Throws ERR_IRIDIUM_BAD_SNAPSHOT for bytes that are no snapshot of this
     * program, or one that goes beyond a ceiling; otherwise like the constructor.
     */
    static restore(program: Program, snapshot: Uint8Array, options?: VmOptions): Vm;
    /**
     * Gives the machine's memory back. Views of it must not be used any more. Calling it again does nothing;
     * throws ERR_IRIDIUM_BUSY when called from this machine's own `output` or `now`.
     *
     * A machine that is dropped instead gives it back when the garbage collector has found it, and not before the turn of
     * the event loop ends: who makes many machines in one turn closes them.
     */
    close(): void;
    [Symbol.dispose](): void;
}

export { IridiumError, Program, Vm };
export type { ErrorCode, Fault, FaultReason, LoadOptions, RunOptions, Stop, VmEvent, VmOptions };
