// Owns the shape of a WebAssembly module (core specification 1.0, 5.5): one imported memory, functions of
// one type, all exported. It does not know what the functions do.
import { MAX_MEMORY_PAGES } from '../../core/limits.js'
import { ByteWriter, u32Bytes } from './byte-writer.js'
import { F64, I32 } from './wasm.js'

/** Where the module takes its memory from: `imports[MEMORY_MODULE][MEMORY_NAME]`. */
export const MEMORY_MODULE = 'm'
export const MEMORY_NAME = 'm'

/** Locals of a function beside its parameters, in the order of their indices. */
export interface Locals {
  readonly i32: number
  readonly f64: number
}

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const
const FUNCTION_TYPE = 0x60
const KIND = { function: 0, memory: 2 } as const
/** Limits of the imported memory: at least 0 pages; with a maximum and shared. */
const LIMITS = { minimum: 0, shared: 3 } as const

/**
 * A module whose functions all take `parameters` i32 and return one i32, exported by `functionName`.
 * A module for an ordinary memory does not link with a shared one, nor the other way round.
 */
export function encodeModule(
  parameters: number,
  bodies: readonly ByteWriter[],
  shared: boolean,
): Uint8Array<ArrayBuffer> {
  const module = new ByteWriter(bodies.reduce((sum, body) => sum + body.length + 16, 256))
  for (const byte of PREAMBLE) module.byte(byte)
  section(module, SECTION.type, (part) => {
    part.u32(1)
    part.byte(FUNCTION_TYPE)
    part.u32(parameters)
    for (let index = 0; index < parameters; index++) part.byte(I32)
    part.u32(1)
    part.byte(I32)
  })
  section(module, SECTION.import, (part) => {
    part.u32(1)
    part.name(MEMORY_MODULE)
    part.name(MEMORY_NAME)
    part.byte(KIND.memory)
    part.byte(shared ? LIMITS.shared : LIMITS.minimum)
    part.u32(0)
    if (shared) part.u32(MAX_MEMORY_PAGES)
  })
  section(module, SECTION.function, (part) => {
    part.u32(bodies.length)
    for (let index = 0; index < bodies.length; index++) part.u32(0)
  })
  section(module, SECTION.export, (part) => {
    part.u32(bodies.length)
    for (let index = 0; index < bodies.length; index++) {
      part.name(functionName(index))
      part.byte(KIND.function)
      part.u32(index)
    }
  })
  // By far the largest: written in place, not copied once more.
  module.byte(SECTION.code)
  module.u32(
    bodies.reduce((sum, { length }) => sum + u32Bytes(length) + length, u32Bytes(bodies.length)),
  )
  module.u32(bodies.length)
  for (const body of bodies) module.sized(body)
  return module.finish()
}

/** What the function of that index is exported as. */
export function functionName(index: number): string {
  return String(index)
}

/** The head of a function's body: its locals, by type. */
export function writeLocals(body: ByteWriter, locals: Locals): void {
  const groups = [
    [locals.i32, I32],
    [locals.f64, F64],
  ].filter(([count]) => count !== 0) as [number, number][]
  body.u32(groups.length)
  for (const [count, type] of groups) {
    body.u32(count)
    body.byte(type)
  }
}

function section(module: ByteWriter, id: number, write: (part: ByteWriter) => void): void {
  const part = new ByteWriter()
  write(part)
  module.byte(id)
  module.sized(part)
}
