// Owns what a process that is not Node has cost.
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second for everyone who asks (proc(5), sysconf(_SC_CLK_TCK)). */
const TICK_US = 10_000

/** Microseconds of a processor that a process has had; 0 where the system does not tell. */
export function foreignCpuUs({ pid }: ChildProcess): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, the name in brackets, may hold anything; user and system time are the 14th and 15th.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_US
  } catch {
    return 0
  }
}
