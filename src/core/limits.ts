// Owns every bound and default of the package: a number never stands alone elsewhere.
// Each says its unit in its name and its reason beside it.

// --- Programs and machines -------------------------------------------------------------------

/** Bytes of an image: 16-bit addresses reach 65,535, register jumps further; 16 MiB is far beyond any program. */
export const MAX_PROGRAM_BYTES = 16 * 1024 * 1024
/** Bytes of a source text that the assembler takes: the disassembly of the largest image, at about 40 for each 4 bytes, is one. */
export const MAX_SOURCE_BYTES = 256 * 1024 * 1024
/** UTF-16 code units of an operand from which a program may come: each pair of hex digits with a blank is a byte. */
export const MAX_OPERAND_LENGTH = 3 * MAX_PROGRAM_BYTES
/** Labels of one program: operands reach only values up to 65,535, so far more than that are useless. */
export const MAX_LABELS = 1024 * 1024
/** Diagnostics after which an assembly ends: beyond that nobody reads on. */
export const MAX_DIAGNOSTICS = 1000
/** Diagnostics that the message of an AssemblyError shows with their source lines: a screen or two. */
export const MAX_DIAGNOSTICS_SHOWN = 20
/** Characters of a file's name that a message shows: the longest that file systems have. */
export const MAX_FILE_SHOWN = 255
/** Characters of a piece of source that a message quotes. */
export const MAX_QUOTED = 32
/** Characters of a source line that a message shows: longer lines are cut on both sides of the caret. */
export const MAX_LINE_SHOWN = 100
/** UTF-16 code units of a name that "did you mean" looks at: the time it takes grows with the square. */
export const MAX_SUGGESTION_LENGTH = 32
/** Names that a misspelt one is compared with. */
export const MAX_SUGGESTION_CANDIDATES = 1000
/** Misspelt labels of one assembly that a better name is sought for; the time is this times the candidates. */
export const MAX_SUGGESTIONS = 50
/** Bytes of a constant that the disassembler shows as text; longer ones are shown as hex, in lines of a bounded length. */
export const MAX_TEXT_SHOWN_BYTES = 4096
/** Bytes of heap at the start, all zero; from the original's manual. */
export const INITIAL_HEAP_BYTES = 2048
/** Default ceiling of a machine's heap, in bytes. */
export const DEFAULT_MAX_HEAP_BYTES = 16 * 1024 * 1024
/** Highest ceiling of a heap that a host may set, in bytes: offsets stay positive in an i32 with room to spare. */
export const MAX_HEAP_BYTES = 1024 * 1024 * 1024
/** Default ceiling of a machine's stack, in entries of 4 bytes; the number of the original. */
export const DEFAULT_MAX_STACK_ENTRIES = 2_097_152
/** Highest ceiling of a stack that a host may set, in entries (256 MiB). */
export const MAX_STACK_ENTRIES = 64 * 1024 * 1024
/** Bytes of output that a machine collects when it has no `output` callback. */
export const MAX_OUTPUT_BYTES = 1024 * 1024
/** Highest byte address that a machine may be started at: pc is a signed 32-bit number. */
export const MAX_ADDRESS = 2 ** 31 - 1
/** Bytes of a printed text that are decoded at once: a long text would need as long a string in memory that was never touched. */
export const PRINT_PIECE_BYTES = 16 * 1024
/** Bytes of a printed text that are collected in one step: as much memory, never touched before, takes half a millisecond in a virtual machine. */
export const PRINT_STEP_BYTES = 128 * 1024
/** Events that a machine remembers, the latest ones: a console that loads line by line goes on for ever. */
export const MAX_VM_EVENTS = 1024

/** Bytes of the first memory that machines share: a host with one machine should not hold much more. */
export const FIRST_BLOCK_BYTES = 1024 * 1024
/** Bytes of the largest memory that machines share; about 100,000 idle ones. Few memories mean few instances of compiled code. */
export const MAX_BLOCK_BYTES = 64 * 1024 * 1024
/** Bytes of an empty memory that is kept: machines that come and go, one at a time, should not make one each time. */
export const MAX_IDLE_BLOCK_BYTES = 16 * 1024 * 1024
/** Idle memories that are remembered; the others are left to the collector. */
export const MAX_IDLE_BLOCKS = 1024
/**
 * Bytes of the largest stack or heap in a shared memory: what outgrows it moves, once, to a memory of its own, where the heap grows in
 * such steps. To copy as much into fresh pages takes 1 ms in a virtual machine.
 */
export const MAX_SHARED_EXTENT_BYTES = 256 * 1024
/**
 * Memories of one machine each. The platform reserves some 10 GB of addresses for one, and has room for about 13,000 in a process; beyond
 * this many, or where it refuses one, what fits stays in a shared memory.
 */
export const MAX_LONE_MEMORIES = 4096
/** Bytes of the largest stack or heap that then stays in a shared memory. To move it takes some 4 ms. */
export const MAX_CROWDED_EXTENT_BYTES = 1024 * 1024
/** Instructions decoded at once: long enough to pay for the call, short enough never to be noticed. */
export const DECODED_AT_ONCE = 64
/** Instructions that are interpreted in one call: V8 changes to faster code between two calls more surely than inside one. */
export const MAX_STRETCH_INSTRUCTIONS = 2 ** 16

// --- The compiler ----------------------------------------------------------------------------

/** Instructions of a program that is compiled: beyond what 16-bit addresses reach; larger ones are interpreted. */
export const MAX_COMPILED_INSTRUCTIONS = 65_536
/** Bytes of an image that is compiled: what 16-bit offsets reach of its data, that many instructions, and room. */
export const MAX_COMPILED_IMAGE_BYTES = 512 * 1024
/**
 * Instructions of one function of compiled code; blocks and ways out count for three each beside: V8 compiles a function at its
 * first call, in the host's turn, and takes 1 to 3 ms for these; the time grows faster than the size.
 */
export const MAX_UNIT_INSTRUCTIONS = 2000
/** What a block counts for, and a way out in the middle of it, beside the instructions: V8's first pass takes so much longer. */
export const FORK_WEIGHT = 3
/** What a jump back counts for where functions are cut: most likely a loop, which would cross the cut on every turn. */
export const BACKWARD_JUMP_WEIGHT = 4
/** Part of its size to which a function is filled at least before a cut is looked for. */
export const MIN_UNIT_FILL = 0.5
/** Instructions between two looks at the fuel: what the interpreter executes at the end of a slice, about. */
export const MAX_PATH_INSTRUCTIONS = 32
/** Instructions where one register jump is expected to land: beyond that, a guess is no guess. */
export const MAX_JUMP_GUESSES = 256
/** A jump that may land at more places than that tells nothing of them. */
export const MAX_TELLING_LANDINGS = 16
/** Blocks looked at to guess where one register jump leads. */
export const MAX_WALK_BLOCKS = 128
/** Blocks looked at for all register jumps together, for each block that there is. */
export const MAX_WALKS_PER_BLOCK = 16
/** The same for all procedures: in real programs few share a block, hostile ones would square. */
export const MAX_PROCEDURES_PER_BLOCK = 64
/** Landings of a register jump that are compared one by one; with more it is a br_table. */
export const MAX_COMPARED_LANDINGS = 3
/** Turns of a small loop that stand behind each other. */
export const MAX_LOOP_TURNS = 4
/** Nested loops of a function of compiled code: people nest a few; what nests deeper is interpreted. */
export const MAX_LOOP_DEPTH = 64
/** Nested loops into which a run resumes: what lies deeper begins in the interpreter. */
export const MAX_RESUME_DEPTH = 12
/** Instructions of one function that can be entered and left one by one; they take as much code again. */
export const MAX_STEP_INSTRUCTIONS = 256
/**
 * What a compilation costs, and for each instruction of the program beside, in instructions interpreted in the same time: some 2 ms
 * and 1 us where V8 has compiled a few programs before (docs/decisions/auto-threshold.md).
 */
export const COMPILE_COST = 750_000
export const COMPILE_COST_PER_INSTRUCTION = 400
/** Part of the time it has been interpreted that a program's compilation may take: what is lost if the program ends right then. */
export const MAX_COMPILE_SHARE = 0.05
/** Register jumps that are guessed in one step of a compilation: some milliseconds at most. */
export const JUMPS_PER_STEP = 64
/** Blocks of procedures, nodes of loops, chains of nodes in one step: well below a millisecond. */
export const BLOCKS_PER_STEP = 4096
export const NODES_PER_STEP = 4096
export const CHAINS_PER_STEP = 32
/** Compiled code that is kept: instructions, and COMPILED_PROGRAM_COST for each program; some 100 MB at most. */
export const MAX_CACHED_COST = 1_000_000
/** What a compiled program costs beside its instructions, counted in those. */
export const COMPILED_PROGRAM_COST = 1000
/** Instructions that the interpreter executes at a place that was not compiled, before the compiled code is asked again. */
export const UNKNOWN_STRETCH_INSTRUCTIONS = 64
/** Pages of 64 KiB of a shared memory, which must name a maximum: the most that 32 bits address, so that every memory fits. */
export const MAX_MEMORY_PAGES = 65_536
/** Instructions of one call of compiled code: V8 exchanges code for better only between calls; some 100 us. */
export const FUEL_PER_CALL = 2 ** 20

// --- The cluster -----------------------------------------------------------------------------

/** UTF-8 bytes of an alias. */
export const MAX_ALIAS_BYTES = 64
/** UTF-8 bytes of a cluster's name. */
export const MAX_CLUSTER_NAME_BYTES = 64
/** Characters of a host name or address (RFC 1035, section 2.3.4). */
export const MAX_HOST_BYTES = 255
/** Entries of a node's tags. */
export const MAX_TAGS = 32
/** UTF-8 bytes of all keys and values of a node's tags together. */
export const MAX_TAGS_BYTES = 2048
/** Members that a node links with; the mesh is meant for 2 to 50. */
export const MAX_MEMBERS = 256
/** Bytes of the first frame on a link: Hello or Join, or their answer's first page. */
export const MAX_FIRST_FRAME_BYTES = 4096
/** Bytes of any other control frame. */
export const MAX_CONTROL_FRAME_BYTES = 64 * 1024

/** Elements of an array in one message: as many nodes or ids as there can be members. */
export const MAX_LIST_ELEMENTS = MAX_MEMBERS
/** Entries of a map in one message: as many as a node may have tags. */
export const MAX_MAP_ENTRIES = MAX_TAGS
/** UTF-8 bytes of any text in a control message: a tag's value may take all that tags may take. */
export const MAX_STRING_BYTES = MAX_TAGS_BYTES
/** UTF-8 bytes of the code and of the message of a refusal. */
export const MAX_REFUSAL_CODE_BYTES = 64
export const MAX_REFUSAL_MESSAGE_BYTES = 1024
/** Highest incarnation: Avro encodes what is below 2^30 fast, and nobody boots so often. */
export const MAX_INCARNATION = 2 ** 30 - 1
/** Highest number by which the answer to a ping is known: an Avro int. */
export const MAX_NONCE = 2 ** 31 - 1
/** Highest version number of the protocol that is believed. */
export const MAX_PROTOCOL_VERSION = 65_535

/** Milliseconds between two heartbeats on a link that is otherwise silent. */
export const DEFAULT_HEARTBEAT_INTERVAL_MS = 1000
/** Milliseconds of silence after which a member is asked about and given up. */
export const DEFAULT_HEARTBEAT_TIMEOUT_MS = 5000
/** Shortest interval of heartbeats, in milliseconds: below it, timers are too coarse to tell silence from lateness. */
export const MIN_HEARTBEAT_INTERVAL_MS = 10
/** Longest interval or timeout of heartbeats, in milliseconds: an hour. */
export const MAX_HEARTBEAT_MS = 3_600_000
/** Beats from one Ping on a link to the next: round-trip times cost a thirtieth of the heartbeats. */
export const BEATS_PER_PING = 30
/** Milliseconds in which a node must answer a ping when somebody else wants its place. */
export const PING_TIMEOUT_MS = 1000
/** Milliseconds in which members must answer whether they hear a silent one. */
export const ASK_TIMEOUT_MS = 500
/** Milliseconds before the first retry of a dial: after a kill, listeners close some 10 ms after their links. */
export const FIRST_RETRY_MS = 10
/** Milliseconds between two dials of a node or seed that stays out of reach. */
export const MAX_RETRY_MS = 30_000
/** Milliseconds before a seed is tried for the second time: nodes that are started together find each other soon. */
export const FIRST_SEED_RETRY_MS = 500
/** Milliseconds, half more or less, after which a dial is repeated that met a passing obstacle. */
export const BUSY_RETRY_MS = 1000
/** Heartbeat timeouts after which join() gives up on passing obstacles. */
export const JOIN_TIMEOUTS = 3
/** Milliseconds for which a node that is out of reach is dialled: a day. */
export const FORGET_FAILED_AFTER_MS = 24 * 60 * 60 * 1000
/** Nodes that are dialled and not linked: every member, and as many that have failed. */
export const MAX_CONTACTS = 2 * MAX_MEMBERS
/** Aliases whose last incarnation is remembered after their nodes have gone. */
export const MAX_REMEMBERED_INCARNATIONS = 2 * MAX_MEMBERS
/** Aliases of others than members whose last doings are remembered for people who ask: whoever has gone or is sought. */
export const MAX_GONE_HISTORIES = 64
/** Things that are remembered of one alias; the same in a row counts once. */
export const MAX_HISTORY_ENTRIES = 24
/** Characters of a reason that is remembered. */
export const MAX_HISTORY_TEXT = 200
/** Milliseconds in which the same two differing digests make a link exchange lists once. */
export const DIGEST_PAIR_MS = 30_000
/** Members that a node asks for their lists in an interval, on average, of those whose digests differ from its own. */
export const QUESTIONS_PER_INTERVAL = 4
/** Pairs of digests that a link remembers. */
export const MAX_DIGEST_PAIRS = 32
/** Aliases of a list that a line of the log names. */
export const MAX_LOGGED_ALIASES = 50
/** Bytes of a page of a list of members: half a frame. */
export const MEMBERS_PAGE_BYTES = MAX_CONTROL_FRAME_BYTES / 2
/** Seeds of a node, or of one join: more than one for each member help nobody. */
export const MAX_SEEDS = MAX_MEMBERS
/** Milliseconds that a dial, its handshake and its encryption may take in all. */
export const HANDSHAKE_TIMEOUT_MS = 5000
/** Accepted connections that have not yet become a member's link: the largest mesh may dial at once. */
export const MAX_UNFINISHED_HANDSHAKES = 128
/** The same of one address beyond loopback (IPv6: of one /64, which one host may have to itself). */
export const MAX_UNFINISHED_HANDSHAKES_PER_ADDRESS = 16
/** Milliseconds between two reports of the same that others do: a scan, or a broken member, must not become a flood of errors. */
export const STRANGER_REPORT_INTERVAL_MS = 1000
/** Bytes of a secret: 128 bits, because a recorded ClientHello lets anyone test guesses (RFC 9257, section 6). */
export const MIN_SECRET_BYTES = 16
/** Characters of a secret given as text: 128 bits in base64url. */
export const MIN_SECRET_CHARACTERS = 22
/** Bytes of a secret, far above what adds anything. */
export const MAX_SECRET_BYTES = 1024
/** Secrets in a list: a rotation needs two. */
export const MAX_SECRETS = 8
/** Highest number of a port (RFC 9293, section 3.1: 16 bits). */
export const MAX_PORT = 65_535
/** Where the original listens. */
export const DEFAULT_PORT = 2254

// --- Transports ------------------------------------------------------------------------------

/** Milliseconds for each address of a host name that has several, before the next is tried (RFC 8305 has 250; a slow line needs more, and there are few). */
export const DIAL_ATTEMPT_TIMEOUT_MS = 1000
/** Connections that the system keeps until they are accepted: a whole mesh may dial at once. */
export const LISTEN_BACKLOG = 511
/** Milliseconds of the longest timer of the platform (a signed 32-bit number); longer ones fire at once there. */
export const MAX_TIMER_MS = 2 ** 31 - 1
/** Bytes on their way from which on a connection in memory asks its writer to wait; what node:net's sockets have. */
export const MEMORY_HIGH_WATER_BYTES = 16 * 1024
/** First of the ports that the network in memory picks, where the real ones begin (RFC 6335, section 6). */
export const FIRST_EPHEMERAL_PORT = 49_152

// --- The terminal ----------------------------------------------------------------------------

/** Instructions that a program at a terminal executes before the event loop has its turn: a fraction of a millisecond. */
export const TERMINAL_SLICE_FUEL = 20_000
/** Bytes of a line of a session; files may be longer. */
export const MAX_LINE_BYTES = 64 * 1024
/** Lines that a session remembers. */
export const MAX_HISTORY_LINES = 1000
/** Where the original serves remote access. */
export const DEFAULT_REMOTE_PORT = 2244
/** Sessions over the network at once: people, not machines. */
export const MAX_REMOTE_SESSIONS = 16
/** Bytes of a line over the network: more than anybody types. */
export const MAX_REMOTE_LINE_BYTES = 4096
/** Bytes of lines over the network that wait while one is being answered; over it the session ends. */
export const MAX_REMOTE_QUEUED_BYTES = 64 * 1024
/** Bytes of the reply to one line over the network; what is over it is cut off, and the line with it. */
export const MAX_REMOTE_REPLY_BYTES = 1024 * 1024
/** Instructions that a line may execute over the network: a second or two of a core. */
export const MAX_REMOTE_LINE_FUEL = 100_000_000
/** Bytes of the program that grows in a session over the network: each line is laid out with all before it. */
export const MAX_REMOTE_PROGRAM_BYTES = 64 * 1024
/** Bytes of heap of a machine over the network. */
export const MAX_REMOTE_HEAP_BYTES = 1024 * 1024
/** Entries of the stack of a machine over the network (256 KiB). */
export const MAX_REMOTE_STACK_ENTRIES = 65_536
/** Milliseconds after which a session over the network ends in which nothing moves. */
export const REMOTE_IDLE_TIMEOUT_MS = 15 * 60 * 1000
/** Programs that a session runs in the background at once. */
export const MAX_SPAWNED_PROGRAMS = 64
/** Milliseconds that an ending session leaves to what it is doing, and then to the programs in its background. */
export const CLOSE_GRACE_MS = 500

// --- A node's links --------------------------------------------------------------------------

/**
 * Bytes of frames that are handed to the transport at once; fewer go when what runs has ended. With the frame that fills
 * it, if that is small, no more than 64 KiB: a buffer of that size, and four records of TLS in place of five.
 */
export const FLUSH_BYTES = 63 * 1024
/** Frames cut by the end of a chunk share a buffer, one after the other, up to this many bytes: most are smaller. */
export const SHARED_FRAME_BYTES = 512
/** Bytes up to which a frame gets a buffer of its size at once: a little more than the largest of a link. */
export const EXACT_FRAME_BYTES = 128 * 1024
/** Bytes of a value up to which it is copied out of a frame: keys and ids, which hosts keep. */
export const MAX_COPIED_BYTES = 32
/** Characters of texts that are read and written by a loop, which is faster than a call into the platform. */
export const MAX_SHORT_TEXT = 16
/** Bytes of an outbox at first: a heartbeat has 13, most handshakes fit. */
export const MIN_OUTBOX_BYTES = 512
/** Bytes of control messages that wait for one peer: sixteen of the largest. Over it the link is closed. */
export const MAX_QUEUED_BYTES = 1024 * 1024
/** Milliseconds of a turn in which a node reads messages and dials; what is left is done in the next turns. */
export const MAX_READ_MS = 6
/** The same for dials alone: what comes of them comes at once where nobody listens, and costs more than to begin them. */
export const MAX_DIAL_MS = 3
/** Milliseconds from which on a chunk of messages between hosts counts against that; to look at each one would cost the others. */
export const DEAR_CHUNK_MS = 2
/** Milliseconds that a link which ends in good order may take to send what is left, and to see the other end follow. */
export const LINK_END_TIMEOUT_MS = 1000
/** Milliseconds that `close()` waits for its links to end; what is left then is cut. */
export const CLOSE_TIMEOUT_MS = 1500
/**
 * Inputs of the cluster machine that follow from one another in a row, such as calls of listeners; the rest has turns of
 * its own, so that a listener of `joined` that joins again, for ever, leaves some of the event loop to others.
 */
export const MAX_INPUTS_IN_A_ROW = 256

// --- Programs on a node ----------------------------------------------------------------------

/** Milliseconds that all programs of a node take together in a turn: with the last chunk well below the 10 that it may be held. */
export const RUN_SLICE_MS = 3
/**
 * Turns in a row that programs leave to those that connect. The platform accepts one connection a turn, so that with
 * 3 ms for programs in each a scanner of some hundred a second would keep a newcomer waiting until it gives up.
 */
export const MAX_TURNS_LEFT = 32
/** Milliseconds after which no further step is begun in a turn that is for compiling; a step takes 1 to 3. */
export const COMPILE_TURN_MS = 1
/** Milliseconds that one chunk of a slice is to take: the clock is read after each. */
export const RUN_CHUNK_MS = 0.5
/** Instructions of a chunk: at least so many, since each may touch a page for the first time (up to 15 us in a virtual machine)... */
export const MIN_CHUNK_INSTRUCTIONS = 250
/** ... and at most so many that reading the clock costs little beside them. Printing and growth end a chunk. */
export const MAX_CHUNK_INSTRUCTIONS = 4096

// --- Simulated clusters ----------------------------------------------------------------------

/** Milliseconds that a packet takes one way, where a test does not say: a fast local network. */
export const SIMULATED_LATENCY_MS = 1
/** Milliseconds that simulated time goes by itself for one call of a host: longer than any call may take. */
export const SIMULATED_CALL_LIMIT_MS = 120_000
/** What the clocks of simulated hosts show at first, in milliseconds since the epoch: 2000-01-01. */
export const SIMULATED_EPOCH_MS = 946_684_800_000

// --- Messages between hosts ------------------------------------------------------------------

/** Channels that a node has open at once; each may hold CHANNEL_WINDOW_BYTES for each link. */
export const MAX_CHANNELS = 256
/** UTF-8 bytes of a channel's name. */
export const MAX_CHANNEL_NAME_BYTES = 64
/** UTF-8 bytes of a channel's schema as JSON; it goes over each link once. */
export const MAX_CHANNEL_SCHEMA_BYTES = 16 * 1024
/** Parts of a value that take no bytes (null, empty records) in one value: nobody has them; a hostile schema can double them with each record. */
export const MAX_EMPTY_PARTS = 64
/** Schemas of peers that a channel remembers how to read: a cluster has few versions of its hosts at a time. */
export const MAX_RESOLVED_SCHEMAS = 16
/**
 * Types and fields that are looked at to find out how one schema is read by another; honest ones of 16 KiB take a few thousand. A hostile
 * schema may have a hundred records that each fit, and have them looked at anew for each that does not.
 */
export const MAX_RESOLVING_STEPS = 16 * 1024
/** Branches of unions whose names are compared in one such step: two unions of 400 records take 10,000. */
export const BRANCHES_PER_RESOLVING_STEP = 16
/** Bytes of the place where values that must wait are written first; larger ones are written twice. */
export const MAX_SCRATCH_BYTES = 4096
/** Default for the most bytes of a channel's value. */
export const DEFAULT_MAX_MESSAGE_BYTES = 1024 * 1024
/** The most bytes of a value that a channel may be opened for. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
/** Bytes beyond these that a value may take as Avro writes it: for lengths and a small field or two, so that 16 MiB of `bytes` are no more than 16 MiB. */
export const VALUE_HEAD_BYTES = 16
/** Bytes of the largest value of a channel from which on the memory for it is touched beforehand: less takes a few milliseconds at most. */
export const WARM_FROM_BYTES = DEFAULT_MAX_MESSAGE_BYTES + VALUE_HEAD_BYTES
/** Bytes of it that are touched in one turn: up to 1 ms. */
export const WARM_STEP_BYTES = 256 * 1024
/** Bytes of a page of memory: the smallest that platforms have. */
export const PAGE_BYTES = 4096
/** Bytes of a piece of a large message: what other messages wait for at most, and the most that one flush adds. */
export const PIECE_BYTES = 64 * 1024
/** Bytes of a value that goes whole: a little more than a piece, so that what was made to be 64 KiB is not cut for its envelope. */
export const MAX_WHOLE_BYTES = PIECE_BYTES + 8 * 1024
/** Bytes that the fields before a value may take: a tag and three numbers. */
export const MAX_ENVELOPE_BYTES = 32
/** Bytes of any frame on a link between members. */
export const MAX_DATA_FRAME_BYTES = MAX_WHOLE_BYTES + MAX_ENVELOPE_BYTES
/** Bytes of a large message that may be under way beyond what the receiver has acknowledged: they are what waits in the network before a heartbeat. */
export const PIECE_WINDOW_BYTES = 512 * 1024
/** Bytes of all messages that a node puts together from pieces at the same time. */
export const MAX_REASSEMBLY_BYTES = 64 * 1024 * 1024
/** The same for one link: one member alone cannot take all of it. */
export const MAX_LINK_REASSEMBLY_BYTES = MAX_MESSAGE_BYTES + VALUE_HEAD_BYTES + MAX_ENVELOPE_BYTES
/** Credit of one channel on one link, in bytes: what the receiver may have to keep before the sender stops to begin messages. */
export const CHANNEL_WINDOW_BYTES = 1024 * 1024
/** Credit that a message takes beyond its bytes: an empty one costs memory too. */
export const MESSAGE_OVERHEAD_BYTES = 64
/** Credit that a receiver collects before it gives it back: little, so that its sender goes on while it reads the rest; each costs a write. */
export const CREDIT_STEP_BYTES = CHANNEL_WINDOW_BYTES / 8
/** Bytes that a link takes from waiting lines at once, at the end of a turn or for a credit that has come: what it reads is not kept waiting. */
export const PUMP_BYTES = 4 * PIECE_BYTES
/** Bytes of messages to one member that wait for credit or for the network, two of the largest; more are refused. */
export const MAX_WAITING_BYTES =
  2 * (MAX_MESSAGE_BYTES + VALUE_HEAD_BYTES + MAX_ENVELOPE_BYTES + MESSAGE_OVERHEAD_BYTES)
/** Places for requests under way on a link, for those of either end, to begin with and at most; what finds none is in a Map. */
export const MIN_NUMBERED_PLACES = 16
export const MAX_NUMBERED_PLACES = 4096
/** Highest number of a request on a link; then they begin again at 1. Avro writes numbers up to here fast. */
export const MAX_REQUEST_ID = 2 ** 30 - 1
/** Milliseconds that a request waits for its reply, unless it says otherwise. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 10_000
/** UTF-8 bytes of the text of a failure that goes over the wire. */
export const MAX_FAILURE_MESSAGE_BYTES = 1024
/** UTF-8 bytes of the code of such a failure. */
export const MAX_FAILURE_CODE_BYTES = 64
