// The table of docs/events.md, from that of the node.
import { EVENTS } from '../../src/node/events.js'
import { markdownTable } from './table.js'

export function events(): string {
  return markdownTable(
    ['event', 'when', 'payload'],
    Object.entries(EVENTS).map(([name, { when, payload }]) => [
      `\`${name}\``,
      when,
      `\`${payload}\``,
    ]),
  )
}
