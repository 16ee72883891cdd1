// Owns the message table: one record and one schema for each message on the wire.

export interface Heartbeat {
  readonly type: 'Heartbeat'
}

export type Message = Heartbeat
