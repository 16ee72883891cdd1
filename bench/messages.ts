// Messages between two processes over loopback: everyone as a share of raw coalesced node:net, and those with a
// secret as a share of the same over TLS, in the same round.
import { median, row } from './measure.js'
import { NotInstalled, type RoundTrips } from './messages/contender.js'
import { type OneWay, oneWay, roundTrips } from './messages/measure.js'

const ROUNDS = 3

interface Entry {
  readonly label: string
  readonly name: string
  readonly secure: boolean
}

const plain = (name: string): Entry => ({ label: name, name, secure: false })

/** The raw ones first: the others are compared with two of them. */
const ENTRIES: readonly Entry[] = [
  plain('raw'),
  { label: 'raw, TLS', name: 'raw', secure: true },
  { label: 'raw, events', name: 'rawEvents', secure: false },
  plain('iridium'),
  { label: 'iridium, secret', name: 'iridium', secure: true },
  ...['ws', 'zeromq', 'moleculer', 'nats', 'erlang'].map(plain),
]

export async function messagesOneWay(size: number): Promise<string[]> {
  const { of, missing, present } = await rounds<OneWay>(({ name, secure }) =>
    oneWay(name, { size, secure }),
  )
  const perSecond = ({ perSecond }: OneWay) => perSecond
  return [
    row('', 'messages/s', 'of raw', 'of raw TLS', 'iridium to it', 'CPU us, each end'),
    ...present.map((entry) =>
      row(
        entry.label,
        of(entry, perSecond).toFixed(0),
        of(entry, perSecond, 'raw'),
        entry.secure ? of(entry, perSecond, 'raw, TLS') : '',
        1 / of(entry, perSecond, 'iridium'),
        of(entry, ({ sendUs, receiveUs }) => Math.max(sendUs, receiveUs)),
      ),
    ),
    ...missing,
  ]
}

export async function messagesRoundTrip(size: number): Promise<string[]> {
  type Both = readonly [RoundTrips, RoundTrips]
  const { of, missing, present } = await rounds<Both>(({ name, secure }) =>
    roundTrips(name, { size, secure }),
  )
  const median = ([single]: Both) => single.medianUs
  const perSecond = ([, many]: Both) => many.perSecond
  const raw = (entry: Entry) => (entry.secure ? 'raw, TLS' : 'raw')
  return [
    row('', 'median us', 'of raw *', '64 in flight/s', 'of raw *', 'iridium to it'),
    ...present.map((entry) =>
      row(
        entry.label,
        of(entry, median),
        of(entry, median, raw(entry)),
        of(entry, perSecond).toFixed(0),
        of(entry, perSecond, raw(entry)),
        1 / of(entry, perSecond, 'iridium'),
      ),
    ),
    '* with a secret: of raw TLS',
    ...missing,
  ]
}

/** In each round everyone has a turn; what is not installed is left out, with a word why. */
async function rounds<T>(measure: (entry: Entry) => Promise<T>) {
  const results = new Map(ENTRIES.map((entry) => [entry.label, [] as T[]]))
  const missing = new Map<string, string>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const entry of ENTRIES) {
      if (missing.has(entry.label)) continue
      try {
        results.get(entry.label)?.push(await measure(entry))
      } catch (error) {
        if (!(error instanceof NotInstalled)) throw error
        missing.set(entry.label, `${entry.label}: ${error.message}`)
      }
    }
  }
  /** The median of the rounds of a value, or of its quotient by that of another in the same round. */
  const of = ({ label }: Entry, key: (result: T) => number, by?: string): number => {
    const own = results.get(label) ?? []
    if (by === undefined) return median(own.map(key))
    const others = results.get(by) ?? []
    return median(own.map((result, round) => key(result) / key(others[round] as T)))
  }
  const present = ENTRIES.filter(({ label }) => !missing.has(label))
  return { of, present, missing: [...missing.values()] }
}
