// Owns why a dial fails: the words in which a transport tells it and the cluster machine judges it.

/**
 * - `refused`: nobody listens there (ECONNREFUSED); the only reason that says something about the other end
 * - `reset`: accepted, then closed or reset before the connection was usable
 * - `timeout`: no answer in the time allowed
 * - `unreachable`: no such name, no route
 * - `resources`: this host has no descriptor, port or memory left for it
 * - `insecure`: the address lies beyond loopback, and nothing protects or permits that
 * - `unauthenticated`: somebody answered who does not know the secret, or whose certificate or ours was
 *   refused, or who speaks no TLS. No evidence of anyone's death; a second try gives the same
 */
export type DialFailure =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'unreachable'
  | 'resources'
  | 'insecure'
  | 'unauthenticated'
