// Owns how a list of members is shown.
import type { IridiumNode } from '../node/iridium-node.js'
import { printable } from './printable.js'

/** By alias, aligned rows of alias, host, listening port and status. */
export function memberRows(members: Iterable<IridiumNode['self']>): string[] {
  const sorted = [...members].sort((a, b) => (a.alias < b.alias ? -1 : 1))
  const cells = sorted.map(({ alias, host, port, status }) => [
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
