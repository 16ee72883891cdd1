// The entry point iridium-node/vm: programs and machines, without any package or node: module.
export { assemble } from './assembler/assemble.js'
export { AssemblyError } from './assembler/assembly-error.js'
export type { Diagnostic, DiagnosticCode } from './assembler/diagnostics.js'
export type { AssembleOptions } from './assembler/part.js'
export { type ErrorCode, IridiumError } from './core/errors.js'
export type { Fault, Stop } from './vm/faults.js'
export type { FaultReason } from './vm/instructions.js'
export { Program } from './vm/program.js'
