// Owns what it means for the one whom we wanted to reach that a dial has not become a link: refused, failed,
// answered by somebody else, or given up for another connection.
import { formatAddress } from '../core/address.js'
import type { DialFailure } from '../core/dial.js'
import { type ErrorCode, IridiumError } from '../core/errors.js'
import { BUSY_RETRY_MS, HANDSHAKE_TIMEOUT_MS, MAX_RETRY_MS } from '../core/limits.js'
import { isMomentary, isReported, type MessageOf } from '../protocol/messages.js'
import { retry, strike } from './healing.js'
import { note } from './history.js'
import { refusedWhileJoining, seedFailed } from './joining.js'
import type { Address } from './member.js'
import { remove } from './membership.js'
import { close, log, report, reportStranger } from './outputs.js'
import { dialOver } from './seeds.js'
import type { Contact, Link, Purpose, Seed, State } from './state.js'
import { confirmDeath, suspect } from './suspicion.js'
import { aliasIsTaken } from './twins.js'

type Refused = MessageOf<'Refused'>

/** Refused: what becomes of it depends on the reason. */
export function refused(s: State, link: Link, purpose: Purpose, refusal: Refused): void {
  const where = formatAddress(link.remote)
  log(s, 'debug', `refused by ${refusal.alias} (${where}): ${refusal.code}, ${refusal.message}`)
  note(s, refusal.alias, 'refused', `${refusal.code}: ${refusal.message}`)
  close(s, link, `refused: ${refusal.code}`)
  if (purpose.kind === 'seed') seedRefused(s, purpose.seed, refusal)
  else contactRefused(s, purpose.contact, refusal)
}

function seedRefused(s: State, seed: Seed, refusal: Refused): void {
  dialOver(s, seed)
  seed.answeredBy = refusal.id
  const code = refusal.code === 'ALIAS_TAKEN' ? 'ERR_IRIDIUM_ALIAS_TAKEN' : 'ERR_IRIDIUM_REFUSED'
  const message = refusalText(refusal, seed.address)
  const error = new IridiumError(code, message)
  const isAwaited = seedFailed(s, seed, error, isMomentary(refusal.code))
  if (refusal.code !== 'ALIAS_TAKEN') {
    if (!isAwaited && isReported(refusal.code)) reportStranger(s, code, message)
    return
  }
  if (!isAwaited) report(s, code, message)
  aliasIsTaken(s, refusal, seed.address)
}

function refusalText({ alias, message, code }: Refused, at: Address): string {
  return `${formatAddress(at)}: ${alias} refused: ${message} (${code})`
}

function contactRefused(s: State, contact: Contact, refusal: Refused): void {
  const { id } = contact
  if (!isMomentary(refusal.code)) refusedWhileJoining(s, id)
  switch (refusal.code) {
    case 'OTHER_ID':
    case 'SELF':
      otherAnswers(s, contact)
      break
    case 'NOT_A_MEMBER':
      if (refusal.id === id) saidGoodbye(s, contact)
      else missed(s, contact)
      break
    case 'SIMULTANEOUS': // their Join is on its way
      missed(s, contact, HANDSHAKE_TIMEOUT_MS + s.random.fraction() * BUSY_RETRY_MS)
      break
    case 'ALREADY_LINKED':
    case 'ALIAS_BUSY':
      missed(s, contact, (0.5 + s.random.fraction()) * BUSY_RETRY_MS)
      break
    case 'ALIAS_TAKEN':
      missed(s, contact)
      aliasIsTaken(s, refusal, contact.address)
      break
    default: // WRONG_CLUSTER, WRONG_VERSION, FULL, and what later versions may say
      reportStranger(s, 'ERR_IRIDIUM_REFUSED', refusalText(refusal, contact.address))
      missed(s, contact, MAX_RETRY_MS / 2)
  }
}

/** It has left, and its goodbye has not come. */
function saidGoodbye(s: State, contact: Contact): void {
  contact.link = null
  const peer = s.peers.get(contact.id)
  if (peer) remove(s, peer, 'left')
  else strike(s, contact.id)
}

/** No connection came about, or it ended before an answer; with `code`, by an answer that could not be borne. */
export function dialFailed(
  s: State,
  purpose: Purpose,
  reason: DialFailure,
  why: string,
  code?: ErrorCode,
): void {
  if (purpose.kind === 'seed') {
    const { seed } = purpose
    dialOver(s, seed)
    // Any node's first answer can be read by any other: it is no node, and will not be one in a moment.
    const isForeign = code === 'ERR_IRIDIUM_BAD_FRAME'
    const said = isForeign ? `what answers there is no node: ${why}` : why
    const error = new IridiumError(code ?? CODES[reason], `${formatAddress(seed.address)}: ${said}`)
    const isMomentary =
      !isForeign && (reason === 'reset' || reason === 'timeout' || reason === 'resources')
    const isAwaited = seedFailed(s, seed, error, isMomentary)
    if (reason === 'unauthenticated' && !isAwaited) reportStranger(s, error.code, error.message)
    return
  }
  const { contact } = purpose
  note(s, contact.alias, 'dialFailed', `${formatAddress(contact.address)}: ${why}`)
  if (reason === 'unauthenticated') {
    reportStranger(s, CODES[reason], `${formatAddress(contact.address)}: ${why}`)
  }
  if (reason === 'refused') {
    contact.link = null
    refusedWhileJoining(s, contact.id)
    confirmDeath(s, contact.id)
  }
  missed(s, contact)
}

/** The answer came, but another connection between the two is to stay, or two living nodes have one alias. */
export function discarded(s: State, purpose: Purpose): void {
  const pause = (0.5 + s.random.fraction()) * BUSY_RETRY_MS
  if (purpose.kind === 'contact') {
    missed(s, purpose.contact, pause)
    return
  }
  const { seed } = purpose
  dialOver(s, seed)
  const message = `${formatAddress(seed.address)}: its answer could not be taken up`
  seedFailed(s, seed, new IridiumError('ERR_IRIDIUM_REFUSED', message), true)
}

/** The answer came, and is not one that can be taken at its word. */
export function answeredInVain(s: State, purpose: Purpose, id: string | null, why: string): void {
  if (purpose.kind === 'seed') {
    const { seed } = purpose
    dialOver(s, seed)
    const message = `${formatAddress(seed.address)}: ${why}`
    seedFailed(s, seed, new IridiumError('ERR_IRIDIUM_PROTOCOL', message), false)
  } else if (id !== null && id !== purpose.contact.id) {
    otherAnswers(s, purpose.contact)
  } else {
    missed(s, purpose.contact, MAX_RETRY_MS / 2)
  }
}

/** Another node listens where this one did. */
function otherAnswers(s: State, contact: Contact): void {
  contact.link = null
  confirmDeath(s, contact.id)
  if (s.peers.has(contact.id)) missed(s, contact)
  else strike(s, contact.id)
}

/** Try again later; a link that was lost while this dial promised another in its place is missed from now on. */
function missed(s: State, contact: Contact, atLeastMs = 0): void {
  contact.link = null
  if (s.contacts.get(contact.id) !== contact) return
  retry(s, contact, atLeastMs)
  const peer = s.peers.get(contact.id)
  if (peer && !peer.link && !peer.suspicion) suspect(s, peer, 'closed')
}

const CODES: Readonly<Record<DialFailure, ErrorCode>> = {
  timeout: 'ERR_IRIDIUM_TIMEOUT',
  insecure: 'ERR_IRIDIUM_INSECURE',
  unauthenticated: 'ERR_IRIDIUM_UNAUTHENTICATED',
  resources: 'ERR_IRIDIUM_LIMIT',
  refused: 'ERR_IRIDIUM_UNREACHABLE',
  reset: 'ERR_IRIDIUM_UNREACHABLE',
  unreachable: 'ERR_IRIDIUM_UNREACHABLE',
}
