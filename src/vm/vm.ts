// Owns Vm, the machine as hosts see it: its life, its properties, the loop that drives its engine.
// How instructions are executed it leaves to the engine, where the machine lies to Machine.
import { badOption, IridiumError } from '../core/errors.js'
import { EXIT_DONE, EXIT_PRINT } from './engine.js'
import { ENGINES } from './engines.js'
import { appended, startEvent, stopEvent, type VmEvent } from './events.js'
import { FAULT_REASONS, type FinalStop, faultAt, type Stop } from './faults.js'
import { interpret } from './interpreter.js'
import * as record from './layout.js'
import { Machine } from './machine.js'
import {
  type LoadOptions,
  loadPc,
  type RunOptions,
  runFuel,
  type VmOptions,
  type VmSettings,
  vmSettings,
} from './options.js'
import { CollectedOutput, textAt } from './output.js'
import { Program } from './program.js'
import { putSnapshot, snapshotOf } from './snapshot.js'
import { badSnapshot, decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot-codec.js'

const NO_EVENTS: readonly VmEvent[] = []
const YIELDED: Stop = Object.freeze({ kind: 'yielded' })
const HALTED: FinalStop = Object.freeze({ kind: 'halted', code: 0 })
const ILLEGAL: FinalStop = Object.freeze({ kind: 'halted', code: 1 })

/** Gives the memory of machines back whose Vm the host has dropped without closing it. */
const forgotten = new FinalizationRegistry<Machine>((machine) => machine.release())

/**
 * For hosts within the package that must not be held up: from now on `vm` never compiles, but uses what
 * `prepare` (compiler/cache.ts) has compiled (an engine 'interpreter' stays); and its runs end early, as
 * yielded, behind what takes far longer than other instructions: printing, and taking more memory.
 */
export let runBriefly: (vm: Vm) => void

/** Whether a text that such a machine has printed is still being taken: another run goes on with it, also one without fuel. */
export let isPrinting: (vm: Vm) => boolean

/**
 * One machine that executes one program: 32 integer and 32 float registers, flags, a heap and a stack, within
 * ceilings and metered by fuel. Nothing a program does throws, or reaches the host but through `output`.
 *
 * Once closed, everything but `output`, `outputTruncated` and `program` throws ERR_IRIDIUM_CLOSED.
 */
export class Vm {
  static {
    runBriefly = (vm) => {
      vm.#isBrief = true
      if (vm.#settings.engine !== 'interpreter') {
        vm.#settings = { ...vm.#settings, engine: 'deferred' }
      }
    }
    isPrinting = (vm) => vm.#output?.isBehind ?? false
  }

  readonly #machine: Machine
  #settings: VmSettings
  /** Undefined until something is collected. */
  #output: CollectedOutput | undefined
  /** Of the programs before the present one. */
  #pastEvents: readonly VmEvent[] = NO_EVENTS
  #state: State = 'loaded'
  #isBrief = false
  /** How the program ended; undefined as long as it can go on. */
  #stop: FinalStop | undefined

  /**
   * A machine at the start of `program`. Throws ERR_IRIDIUM_BAD_OPTION for a bad or unknown option,
   * ERR_IRIDIUM_LIMIT if the platform has no memory left.
   */
  constructor(program: Program, options?: VmOptions) {
    if (!(program instanceof Program)) throw badOption('program', 'a Program', program)
    this.#settings = vmSettings(options)
    this.#machine = new Machine(program, this.#settings)
    forgotten.register(this, this.#machine)
  }

  /** The program that was loaded last. */
  get program(): Program {
    return this.#machine.program
  }

  /**
   * The integer registers, 32 of them: a live view, to be written to as well. Read the property again after
   * anything that runs, creates or closes a Vm or reads a `heap`: the view may be of other memory then.
   */
  get registers(): Int32Array {
    return this.#open().registers()
  }

  /** The float registers, 32 of them: a live view like `registers`. A NaN is seen as 0x7ff8000000000000. */
  get floatRegisters(): Float64Array {
    return this.#open().floatRegisters()
  }

  /** The heap, as long as the program sees it: a live view like `registers`. Reading it backs all of it by memory. */
  get heap(): Uint8Array {
    const machine = this.#open()
    const length = machine.word(record.HEAP_LENGTH)
    if (!machine.backHeap(length)) {
      throw new IridiumError('ERR_IRIDIUM_LIMIT', `no memory for a heap of ${length} bytes`)
    }
    return machine.backedHeap()
  }

  /** The result of the latest comparison. */
  get equalFlag(): boolean {
    return this.#open().word(record.EQUAL_FLAG) !== 0
  }

  /** What the latest DIV left, with the sign of its dividend. */
  get remainder(): number {
    return this.#open().word(record.REMAINDER)
  }

  get loopCounter(): number {
    return this.#open().word(record.LOOP_COUNTER)
  }

  /** Byte address in the image of the next instruction; of the one at fault in a crashed machine. */
  get pc(): number {
    return this.#open().word(record.PC)
  }

  /** Entries on the stack, of 4 bytes each; a CALL takes two. */
  get stackDepth(): number {
    return this.#open().word(record.STACK_DEPTH)
  }

  /** Instructions executed so far, by all programs of this machine. */
  get instructionCount(): number {
    return this.#open().float(record.INSTRUCTION_COUNT)
  }

  /** What was printed, up to `maxOutputBytes`; always empty with an `output` callback. */
  get output(): string {
    return this.#output?.text ?? ''
  }

  /** Whether the program has printed more than `output` holds. */
  get outputTruncated(): boolean {
    return this.#output?.truncated ?? false
  }

  /** Starts and stops, oldest first: one start per load, when it first runs. The latest 1024 are kept. */
  get events(): readonly VmEvent[] {
    return appended(this.#pastEvents, this.#currentEvents(this.#open()))
  }

  /**
   * Executes until the program stops or the fuel is used up, and says which. A stopped machine stays stopped:
   * the same Stop is returned again. Throws ERR_IRIDIUM_BAD_OPTION for a bad fuel, ERR_IRIDIUM_BUSY when called
   * from this machine's own `output` or `now`, and what these throw.
   */
  run(options?: RunOptions): Stop {
    return this.#run(options === undefined ? Number.POSITIVE_INFINITY : runFuel(options))
  }

  /** Executes exactly one instruction; otherwise like run. */
  step(): Stop {
    return this.#run(1)
  }

  /**
   * Puts another program into the machine: registers, flags, heap and stack stay, a stop is cleared. Throws
   * ERR_IRIDIUM_BAD_OPTION for a bad `pc`, ERR_IRIDIUM_BUSY when called from this machine's own `output` or `now`.
   */
  load(program: Program, options: LoadOptions = {}): void {
    if (!(program instanceof Program)) throw badOption('program', 'a Program', program)
    const pc = loadPc(options, program.codeStart)
    const machine = this.#idle()
    this.#pastEvents = this.events
    machine.exchange(program)
    machine.setWord(record.PC, pc)
    machine.setWord(record.STOP, record.STOP_NONE)
    machine.setWord(record.FAULT, 0)
    this.#state = 'loaded'
    this.#stop = undefined
  }

  /**
   * The whole state of the machine as bytes, an Avro record of the schema in `iridium-node/snapshot.avsc`: all
   * that its program and its ceilings do not say, with the collected output, without the events. Throws
   * ERR_IRIDIUM_BUSY when called from this machine's own `output` or `now`.
   */
  snapshot(): Uint8Array {
    return encodeSnapshot(snapshotOf(this.#idle(), this.#output))
  }

  /**
   * A machine that goes on where `snapshot` was taken, of the same program, on whatever engine and host. Its
   * ceilings come from the options. Throws ERR_IRIDIUM_BAD_SNAPSHOT for bytes that are no snapshot of this
   * program, or one that goes beyond a ceiling; otherwise like the constructor.
   */
  static restore(program: Program, snapshot: Uint8Array, options?: VmOptions): Vm {
    if (!(snapshot instanceof Uint8Array)) throw badOption('snapshot', 'a Uint8Array', snapshot)
    const vm = new Vm(program, options)
    try {
      vm.#resume(decodeSnapshot(snapshot))
    } catch (error) {
      vm.close()
      throw error
    }
    return vm
  }

  /**
   * Gives the machine's memory back. Views of it must not be used any more. Calling it again does nothing;
   * throws ERR_IRIDIUM_BUSY when called from this machine's own `output` or `now`.
   *
   * A machine that is dropped instead gives it back when the garbage collector has found it, and not before the turn of
   * the event loop ends: who makes many machines in one turn closes them.
   */
  close(): void {
    if (this.#machine.isReleased) return
    this.#idle().close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #open(): Machine {
    const machine = this.#machine
    if (machine.isReleased) throw new IridiumError('ERR_IRIDIUM_CLOSED', 'this machine is closed')
    return machine
  }

  #idle(): Machine {
    if (this.#state === 'running') {
      throw new IridiumError('ERR_IRIDIUM_BUSY', 'this machine is running just now')
    }
    return this.#open()
  }

  #resume(snapshot: Snapshot): void {
    const { maxOutputBytes } = this.#settings
    if (snapshot.output.length > maxOutputBytes) {
      const length = snapshot.output.length
      throw badSnapshot(`its output has ${length} bytes, the ceiling here is ${maxOutputBytes}`)
    }
    putSnapshot(this.#machine, snapshot)
    this.#output = new CollectedOutput(maxOutputBytes)
    this.#output.resume(snapshot.output, snapshot.outputTruncated)
    if (snapshot.stop !== record.STOP_NONE) this.#stop = stopOf(this.#machine)
  }

  // They stand in the record until they are asked for: 100,000 machines may start at once.
  #currentEvents(machine: Machine): VmEvent[] {
    if (this.#state === 'loaded') return []
    const start = startEvent(machine.float(record.STARTED_AT))
    if (this.#stop === undefined) return [start]
    return [start, stopEvent(this.#stop, machine.float(record.STOPPED_AT))]
  }

  #run(fuel: number): Stop {
    const machine = this.#idle()
    if (this.#stop !== undefined) return this.#stop
    // `now` is the host's as `output` is: it too must find the machine running, lest it close what is being run.
    let next = this.#state
    this.#state = 'running'
    try {
      if (next === 'loaded') machine.setFloat(record.STARTED_AT, this.#settings.now())
      next = 'paused'
      machine.setFloat(record.FUEL, fuel)
      this.#drive(machine)
      return machine.word(record.STOP) === record.STOP_NONE ? YIELDED : this.#stopped(machine)
    } finally {
      this.#state = next
    }
  }

  #drive(machine: Machine): void {
    if (this.#isBrief && this.#output?.goOn()) return
    const engine = ENGINES[this.#settings.engine]
    while (machine.word(record.STOP) === record.STOP_NONE && machine.float(record.FUEL) > 0) {
      const request = engine.run(machine)
      const exit = request > 0 ? interpret(machine, request) : request
      if (exit === EXIT_PRINT) this.#print(machine.program.readOnly, machine.word(record.TEXT))
      if (exit !== EXIT_DONE && this.#isBrief) return
    }
  }

  #print(readOnly: Uint8Array, offset: number): void {
    const { output, maxOutputBytes } = this.#settings
    if (output !== undefined) {
      output(textAt(readOnly, offset))
      return
    }
    this.#output ??= new CollectedOutput(maxOutputBytes)
    this.#output.append(readOnly, offset)
    if (!this.#isBrief) this.#output.finish()
  }

  #stopped(machine: Machine): FinalStop {
    machine.setFloat(record.STOPPED_AT, this.#settings.now())
    const stop = stopOf(machine)
    this.#stop = stop
    return stop
  }
}

/** What a machine that is not closed is doing; only from 'loaded' does a run begin with a start event. */
type State = 'loaded' | 'running' | 'paused'

function stopOf(machine: Machine): FinalStop {
  switch (machine.word(record.STOP)) {
    case record.STOP_HALTED:
      return HALTED
    case record.STOP_ILLEGAL:
      return ILLEGAL
    default: {
      const reason = FAULT_REASONS[machine.word(record.FAULT)] ?? 'badRegister'
      const fault = Object.freeze(faultAt(reason, machine.word(record.PC)))
      return Object.freeze({ kind: 'crashed', code: 1, fault })
    }
  }
}
