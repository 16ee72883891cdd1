/// <reference lib="esnext.disposable" />
import { Program, IridiumError } from './shared2.cjs';
export { ErrorCode, Fault, FaultReason, LoadOptions, RunOptions, Stop, Vm, VmEvent, VmOptions } from './shared2.cjs';

/** Each code and what it says; docs/assembly.md shows an example of each. */
declare const DIAGNOSTIC_CODES: {
    readonly NoSegmentDeclarationFound: "A statement comes before the first section header.";
    readonly StringConstantDeclaredWithoutLabel: "An .asciiz or .integer has no label.";
    readonly SymbolAlreadyDeclared: "A label is declared twice.";
    readonly UnknownDirectiveFound: "There is no such directive, or a section header has operands.";
    readonly NonOpcodeInOpcodeField: "There is no such instruction.";
    readonly InsufficientSections: "The source lacks a .data or a .code section.";
    readonly ParseError: "The text is not a statement of the language, or goes over a bound.";
    readonly UnknownSymbol: "A label is used that is not declared.";
    readonly OperandMismatch: "An operand is missing, surplus, or of the wrong kind.";
    readonly OperandOutOfRange: "A number, a register or the value of a label does not fit.";
    readonly WrongSection: "An instruction stands in .data, or a constant in .code.";
};
/** The closed list of diagnostics. */
type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
/** One thing that is wrong with a source, and where. */
interface Diagnostic {
    readonly code: DiagnosticCode;
    readonly message: string;
    /** From 1; a line ends with LF, CR or CRLF. */
    readonly line: number;
    /** From 1, in UTF-16 code units: a tab is one. */
    readonly column: number;
    /** UTF-16 code units from `column` on: at least 1, and never beyond the line except at its end. */
    readonly length: number;
    /** What probably was meant, or what to do. */
    readonly hint?: string;
}

interface AssembleOptions {
    /**
     * `required`, the default: the source has at least one `.data` and one `.code` header, before anything else.
     * `optional`: it may have none, and begins in `.code`.
     */
    readonly sections?: 'required' | 'optional' | undefined;
    /** How messages name the source; default `<source>`. */
    readonly file?: string | undefined;
}

/**
 * Assembles a source (docs/assembly.md) into a program, with its labels in `symbols`.
 * Throws AssemblyError, ERR_IRIDIUM_ASSEMBLY, for a source that does not assemble, and ERR_IRIDIUM_BAD_OPTION
 * for arguments of the wrong type. Takes time and memory in proportion to the source.
 */
declare function assemble(source: string, options?: AssembleOptions): Program;

declare const brand: unique symbol;
/**
 * ERR_IRIDIUM_ASSEMBLY: the source does not assemble. `message`, and so `String(error)`, shows the first
 * diagnostics with file, line, column, source line and caret. `instanceof` works across the ESM and CJS builds.
 */
declare class AssemblyError extends IridiumError {
    static [Symbol.hasInstance](value: unknown): value is AssemblyError;
    readonly name = "AssemblyError";
    /** All of them, in source order; the assembler gives up at 1,000. */
    readonly diagnostics: readonly Diagnostic[];
    constructor(message: string, diagnostics: readonly Diagnostic[]);
    get [brand](): true;
}

/**
 * A source, with labels and addresses, that assembles to exactly the bytes of `program`, whatever they are:
 * what no instruction and no readable constant gives stands there as `.bytes`. The program's own labels
 * come back where they name the start of something. Throws ERR_IRIDIUM_BAD_OPTION for what is no Program.
 */
declare function disassemble(program: Program): string;

export { AssemblyError, IridiumError, Program, assemble, disassemble };
export type { AssembleOptions, Diagnostic, DiagnosticCode };
