// Owns the options of Vm and of its calls: their meaning, their defaults, their checks.
import { badOption } from '../core/errors.js'
import {
  DEFAULT_MAX_HEAP_BYTES,
  DEFAULT_MAX_STACK_ENTRIES,
  MAX_ADDRESS,
  MAX_HEAP_BYTES,
  MAX_OUTPUT_BYTES,
  MAX_STACK_ENTRIES,
} from '../core/limits.js'
import { readRecord } from '../core/record.js'
import type { EngineName } from './engines.js'

export interface VmOptions {
  /**
   * Called with what PRTS prints, text by text, while the machine runs. What it throws reaches the caller of
   * run, with the PRTS completed; the next run goes on behind it. Default: the text is collected in `vm.output`.
   */
  output?: ((text: string) => void) | undefined
  /** Bytes of UTF-8 that `vm.output` collects at most, 0 to 1 GiB; default 1 MiB. */
  maxOutputBytes?: number | undefined
  /** Ceiling of the heap in bytes, 0 to 1 GiB; default 16 MiB. Below 2048 the heap starts smaller. */
  maxHeapBytes?: number | undefined
  /** Ceiling of the stack in entries of 4 bytes, 0 to 67,108,864; default 2,097,152. */
  maxStackEntries?: number | undefined
  /**
   * What executes the program; the result is the same. 'compiled' compiles it to WebAssembly when it first
   * runs; 'auto' (the default) when it has run long enough to repay that. Where the platform refuses to
   * compile, the interpreter serves.
   */
  engine?: 'auto' | 'interpreter' | 'compiled' | undefined
  /**
   * Milliseconds since the epoch, for the times of events; default Date.now. Called as a run begins and as the program
   * stops. What it throws reaches the caller of run; the next run asks again.
   */
  now?: (() => number) | undefined
}

export interface RunOptions {
  /** Instructions that the run may execute: an integer of at least 0, or Infinity, the default. */
  fuel?: number | undefined
}

export interface LoadOptions {
  /** Byte address in the image at which the program starts, 0 to 2^31 - 1; default: the start of its code. */
  pc?: number | undefined
}

/** VmOptions, checked and complete. */
export interface VmSettings {
  readonly output: ((text: string) => void) | undefined
  readonly maxOutputBytes: number
  readonly maxHeapBytes: number
  readonly maxStackEntries: number
  readonly engine: EngineName
  readonly now: () => number
}

const ENGINE_OPTIONS: readonly unknown[] = ['auto', 'interpreter', 'compiled']

/** Throws ERR_IRIDIUM_BAD_OPTION. */
export function vmSettings(options?: VmOptions): VmSettings {
  return options === undefined ? DEFAULTS : checkedSettings(options)
}

function checkedSettings(options: VmOptions): VmSettings {
  readRecord('options', options, VM_OPTIONS)
  const { output, engine = DEFAULTS.engine, now = Date.now } = options
  if (output !== undefined && typeof output !== 'function') {
    throw badOption('output', 'a function', output)
  }
  if (typeof now !== 'function') throw badOption('now', 'a function', now)
  if (!ENGINE_OPTIONS.includes(engine)) {
    throw badOption('engine', `one of ${ENGINE_OPTIONS.join(', ')}`, engine)
  }
  const maxOutputBytes = integer(options, 'maxOutputBytes', DEFAULTS.maxOutputBytes, MAX_HEAP_BYTES)
  const maxHeapBytes = integer(options, 'maxHeapBytes', DEFAULTS.maxHeapBytes, MAX_HEAP_BYTES)
  const maxStackEntries = integer(
    options,
    'maxStackEntries',
    DEFAULTS.maxStackEntries,
    MAX_STACK_ENTRIES,
  )
  const settings = { output, now, engine, maxOutputBytes, maxHeapBytes, maxStackEntries }
  if (areSame(settings, latest)) return latest
  // What belongs to the host is not kept alive for that.
  if (output === undefined && now === Date.now) latest = settings
  return settings
}

function areSame(one: VmSettings, other: VmSettings): boolean {
  for (let index = 0; index < VM_OPTIONS.length; index++) {
    const name = VM_OPTIONS[index] as keyof VmSettings
    if (one[name] !== other[name]) return false
  }
  return true
}

/** Throws ERR_IRIDIUM_BAD_OPTION. */
export function runFuel(options: RunOptions): number {
  // A run may take 60 ns, so what is right must be seen at a glance.
  if (!isOnlyFuel(options)) readRecord('options', options, RUN_OPTIONS)
  const { fuel = Number.POSITIVE_INFINITY } = options
  if (fuel >= 0 && (Number.isInteger(fuel) || fuel === Number.POSITIVE_INFINITY)) return fuel
  throw badOption('fuel', 'an integer of at least 0, or Infinity', fuel)
}

/** One object for all machines without options. */
const DEFAULTS: VmSettings = {
  output: undefined,
  now: Date.now,
  engine: 'auto',
  maxOutputBytes: MAX_OUTPUT_BYTES,
  maxHeapBytes: DEFAULT_MAX_HEAP_BYTES,
  maxStackEntries: DEFAULT_MAX_STACK_ENTRIES,
}
/** Each option has a setting of its name, and a default. */
const VM_OPTIONS = Object.keys(DEFAULTS) as (keyof VmSettings & keyof VmOptions)[]
/** One object for many machines with the same options in a row. */
let latest = DEFAULTS

const RUN_OPTIONS = ['fuel']
const LOAD_OPTIONS = ['pc']

/** Throws ERR_IRIDIUM_BAD_OPTION. */
export function loadPc(options: LoadOptions, codeStart: number): number {
  readRecord('options', options, LOAD_OPTIONS)
  return integer(options, 'pc', codeStart, MAX_ADDRESS)
}

function isOnlyFuel(options: unknown): boolean {
  if (typeof options !== 'object' || Array.isArray(options)) return false
  let isOnly = false
  for (const name in options) {
    if (name !== 'fuel') return false
    isOnly = true
  }
  return isOnly
}

function integer<Name extends string>(
  options: { readonly [name in Name]?: number | undefined },
  name: Name,
  fallback: number,
  max: number,
): number {
  const { [name]: value = fallback } = options
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw badOption(name, `an integer from 0 to ${max}`, value)
}
