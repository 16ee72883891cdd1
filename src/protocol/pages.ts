// Owns the cutting of a list of members into pages that fit into frames.
import { MAX_FIRST_FRAME_BYTES, MAX_LIST_ELEMENTS } from '../core/limits.js'
import type { Listed, Self } from './messages.js'

/** Cuts `list` into pages of at most `bytes` each, the first of at most `firstBytes`; always at least one page. */
export function pages(list: readonly Listed[], bytes: number, firstBytes = bytes): Listed[][] {
  let page: Listed[] = []
  const all = [page]
  let room = firstBytes
  for (const node of list) {
    const size = mostBytes(node)
    if (size > room || page.length === MAX_LIST_ELEMENTS) {
      page = []
      all.push(page)
      room = bytes
    }
    page.push(node)
    room -= size
  }
  return all
}

/** The bytes of a HelloAck or JoinAck that its list may take, so that the first frame keeps its bound. */
export function firstPageBytes({ tags }: Pick<Self, 'tags'>): number {
  let room = MAX_FIRST_FRAME_BYTES - ACK_FIXED_BYTES
  for (const [key, value] of Object.entries(tags)) {
    room -= Buffer.byteLength(key) + Buffer.byteLength(value) + 2 * LENGTH_BYTES
  }
  return room
}

/** What an Ack takes beside its list and its tags: two hosts, an alias, and numbers. */
const ACK_FIXED_BYTES = 700
/** The length of a text of up to 8,191 bytes. */
const LENGTH_BYTES = 2
const ID_BYTES = 16
const PORT_BYTES = 3
const INCARNATION_BYTES = 5

function mostBytes({ alias, host }: Listed): number {
  const texts = Buffer.byteLength(alias) + Buffer.byteLength(host) + 2 * LENGTH_BYTES
  return ID_BYTES + texts + PORT_BYTES + INCARNATION_BYTES
}
