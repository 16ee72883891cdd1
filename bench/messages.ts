// Messages between two processes over loopback, as shares of raw coalesced node:net in the same round.
import { row } from './measure.js'
import { CONTENDERS } from './messages/contenders.js'
import { oneWay, roundTrips } from './messages/measure.js'

const ROUNDS = 3
const SIZES = [64, 1024, 65_536]
const NAMES = Object.keys(CONTENDERS)
const plain = (size: number) => ({ size, secure: false })

/** The middle of the rounds, in each of which everyone has a turn. */
export async function messagesOneWay(): Promise<string[]> {
  const lines = [row('', 'messages/s', 'of raw', 'CPU us, each end')]
  for (const size of SIZES) {
    const rounds: Record<string, { share: number; perSecond: number; cpuUs: number }[]> = {}
    for (let round = 0; round < ROUNDS; round++) {
      let raw = Number.NaN
      for (const name of NAMES) {
        const { perSecond, sendUs, receiveUs } = await oneWay(name, plain(size))
        if (name === 'raw') raw = perSecond
        rounds[name] ??= []
        rounds[name].push({ share: perSecond / raw, perSecond, cpuUs: Math.max(sendUs, receiveUs) })
      }
    }
    for (const name of NAMES) {
      const of = (key: 'share' | 'perSecond' | 'cpuUs') =>
        median((rounds[name] ?? []).map((r) => r[key]))
      lines.push(
        row(`${name}, ${size} bytes`, of('perSecond').toFixed(0), of('share'), of('cpuUs')),
      )
    }
  }
  return lines
}

export async function messagesRoundTrip(): Promise<string[]> {
  const lines = [row('', 'median us', 'of raw', '64 in flight/s')]
  const rounds: Record<string, { us: number; share: number; perSecond: number }[]> = {}
  for (let round = 0; round < ROUNDS; round++) {
    let raw = Number.NaN
    for (const name of NAMES) {
      const [us] = await roundTrips(name, plain(64), 1)
      const [, perSecond] = await roundTrips(name, plain(64), 64)
      if (name === 'raw') raw = us
      rounds[name] ??= []
      rounds[name].push({ us, share: us / raw, perSecond })
    }
  }
  for (const name of NAMES) {
    const of = (key: 'us' | 'share' | 'perSecond') =>
      median((rounds[name] ?? []).map((r) => r[key]))
    lines.push(row(name, of('us'), of('share'), of('perSecond').toFixed(0)))
  }
  return lines
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
