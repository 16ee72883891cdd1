// Owns the two orders by which both ends of a conflict come to the same answer without asking each other.

/** Which of two living nodes with one alias keeps it: the one that has booted more often, then the greater id. */
export function outranks(
  a: { readonly incarnation: number; readonly id: string },
  b: { readonly incarnation: number; readonly id: string },
): boolean {
  return a.incarnation === b.incarnation ? a.id > b.id : a.incarnation > b.incarnation
}

/** Whose dial stays when two nodes dial each other: that of the greater alias, by its UTF-8 bytes. */
export function dialsOver(alias: string, other: string): boolean {
  return Buffer.compare(Buffer.from(alias), Buffer.from(other)) > 0
}
