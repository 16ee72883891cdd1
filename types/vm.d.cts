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
        readonly meaning: "The node or machine has been closed.";
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
    readonly ERR_IRIDIUM_TIMEOUT: {
        readonly retriable: true;
        readonly meaning: "The answer did not come in time.";
    };
    readonly ERR_IRIDIUM_LISTENER: {
        readonly retriable: false;
        readonly meaning: "One of the host's event listeners threw; `cause` holds what it threw.";
    };
    readonly ERR_IRIDIUM_INTERNAL: {
        readonly retriable: false;
        readonly meaning: "A fault of this package: please report it, with the message.";
    };
};
/** The closed list of codes. */
type ErrorCode = keyof typeof ERROR_CODES;
declare const brand: unique symbol;
/**
 * Every error that this package throws or emits. `code` is stable, `message` is for people.
 * Branded, so that `instanceof` works across the ESM and CJS builds.
 */
declare class IridiumError extends Error {
    static [Symbol.hasInstance](value: unknown): value is IridiumError;
    readonly name: string;
    readonly [brand] = true;
    readonly code: ErrorCode;
    /** Whether the same call may succeed later without a change by the caller. */
    readonly retriable: boolean;
    constructor(code: ErrorCode, message: string, options?: ErrorOptions & {
        retriable?: boolean;
    });
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
/** Why a run ended. */
type Stop = {
    readonly kind: 'halted';
    readonly code: 0 | 1;
} | {
    readonly kind: 'crashed';
    readonly code: 1;
    readonly fault: Fault;
} | {
    readonly kind: 'yielded';
};

/** Assembled, checked, immutable bytecode. Made by `assemble` or `Program.from`. */
declare class Program {
    #private;
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
    /** Hex SHA-256 of `bytes`; computed once, when it is first read. */
    get id(): string;
}

export { IridiumError, Program };
export type { ErrorCode, Fault, FaultReason, Stop };
