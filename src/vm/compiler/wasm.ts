// Owns the numbers of WebAssembly's binary format that the compiler writes (core specification 1.0, 5.3
// and 5.4, and the saturating conversions of 2.0), by the names of the text format.

export const VOID = 0x40
export const I32 = 0x7f
export const F64 = 0x7c

export const UNREACHABLE = 0x00
export const BLOCK = 0x02
export const LOOP = 0x03
export const IF = 0x04
export const ELSE = 0x05
export const END = 0x0b
export const BR = 0x0c
export const BR_IF = 0x0d
export const BR_TABLE = 0x0e
export const SELECT = 0x1b

export const LOCAL_GET = 0x20
export const LOCAL_SET = 0x21
export const LOCAL_TEE = 0x22

export const I32_LOAD = 0x28
export const F64_LOAD = 0x2b
export const I32_STORE = 0x36
export const F64_STORE = 0x39

export const I32_CONST = 0x41
export const F64_CONST = 0x44

export const I32_EQZ = 0x45
export const I32_EQ = 0x46
export const I32_NE = 0x47
export const I32_LT_S = 0x48
export const I32_GT_S = 0x4a
export const I32_LE_S = 0x4c
export const I32_GE_S = 0x4e
export const I32_GE_U = 0x4f

export const F64_EQ = 0x61
export const F64_LT = 0x63
export const F64_GT = 0x64
export const F64_LE = 0x65
export const F64_GE = 0x66

export const I32_ADD = 0x6a
export const I32_SUB = 0x6b
export const I32_MUL = 0x6c
export const I32_DIV_S = 0x6d
export const I32_AND = 0x71
export const I32_OR = 0x72
export const I32_XOR = 0x73
export const I32_SHL = 0x74
export const I32_SHR_S = 0x75
export const I32_SHR_U = 0x76
export const I32_ROTR = 0x78

export const F64_ABS = 0x99
export const F64_ADD = 0xa0
export const F64_SUB = 0xa1
export const F64_MUL = 0xa2
export const F64_DIV = 0xa3
export const F64_MIN = 0xa4
export const F64_CONVERT_I32_S = 0xb7

/** First byte of i32.trunc_sat_f64_s; the second is I32_TRUNC_SAT_F64_S. */
export const PREFIX_FC = 0xfc
export const I32_TRUNC_SAT_F64_S = 0x02
