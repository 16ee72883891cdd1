// The tables of docs/events.md and docs/observability.md, from those of the node.
import { DIAGNOSTICS } from '../../src/node/diagnostics.js'
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

export function diagnostics(): string {
  return markdownTable(
    ['channel', 'when', 'beside `node`'],
    Object.entries(DIAGNOSTICS).map(([name, { when, payload }]) => [
      `\`${name}\``,
      when,
      payload === '' ? '' : `\`${payload}\``,
    ]),
  )
}
