// Owns how a list of members is shown.
import type { IridiumNode } from '../node/iridium-node.js'
import { printable } from './printable.js'

/** Aligned rows of alias, host, listening port and status. */
export function memberRows(members: Iterable<IridiumNode['self']>): string[] {
  const cells = [...members].map(({ alias, host, port, status }) => [
    printable(alias),
    printable(host),
    String(port),
    status,
  ])
  const width = (column: number) => Math.max(...cells.map((row) => row[column]?.length ?? 0))
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  )
}
