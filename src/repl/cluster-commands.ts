// Owns the commands that turn the session's node into a member of a cluster, and show the others.
import type { Context } from './context.js'
import { memberRows } from './member-rows.js'
import { reasonOf } from './reason.js'
import { listeningText } from './seat.js'

export async function startCluster({ seat, signal, print }: Context): Promise<void> {
  const { address } = seat.node
  if (address !== null) {
    print(`The cluster server is already listening on ${address.host}:${address.port}.`)
    return
  }
  try {
    const listening = await seat.listen(signal)
    print('Started cluster server!')
    print(listeningText(listening))
  } catch (error) {
    print(`Could not start the cluster server: ${reasonOf(error)}`)
  }
}

export const isAddress = ([host, port, ...rest]: readonly string[]): boolean =>
  host !== undefined && port !== undefined && rest.length === 0 && isPort(port)

export async function joinCluster(
  { seat, signal, print }: Context,
  [host, port]: readonly string[],
): Promise<void> {
  print('Attempting to join cluster...')
  try {
    if (seat.node.address === null) print(listeningText(await seat.listen(signal)))
    await seat.node.join({ host: host as string, port: Number(port) }, { signal })
    print('Connected to cluster!')
  } catch (error) {
    print('Could not connect to cluster!')
    print(reasonOf(error))
  }
}

export function clusterMembers({ seat, print }: Context): void {
  print('Listing Known Nodes:')
  for (const row of memberRows([...seat.node.members.values()])) print(`  ${row}`)
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535
}
