// Owns the members as the host sees them: exactly what the events so far have said, so that a listener
// finds in `members` what it has been told, and nothing that it has not.
import type { ClusterEvent } from '../cluster/io.js'
import type { Member } from '../cluster/member.js'

export class Roster {
  readonly #members = new Map<string, Member>()
  #hasJoined = false

  /** The other nodes, by alias. */
  get members(): ReadonlyMap<string, Member> {
    return this.#members
  }

  /** Whether there are members, or this node's own join has succeeded. */
  get isJoined(): boolean {
    return this.#members.size > 0 || this.#hasJoined
  }

  /** Takes over what an event says, just before it is emitted. */
  apply(event: ClusterEvent): void {
    switch (event.type) {
      case 'memberJoined':
      case 'memberSuspected':
      case 'memberRecovered':
      case 'memberUpdated':
        this.#members.set(event.member.alias, event.member)
        return
      case 'memberLeft':
        this.#members.delete(event.member.alias)
        return
      case 'joined':
        this.#hasJoined = true
        return
      case 'left':
        this.#members.clear()
        this.#hasJoined = false
        return
      case 'helloAck':
      case 'isolated':
      case 'error':
        return
      default:
        event satisfies never
    }
  }
}
