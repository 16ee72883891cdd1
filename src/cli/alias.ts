// Owns where a node's alias comes from: the flag, else the data root, else chance.
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from './failure.js'

const FILE = '.node_id'

/**
 * `given`, else what `<dataRoot>/.node_id` holds, written there if it is absent; without a data root a fresh
 * UUID, and nothing is written. Rejects with Failure where the data root cannot be used.
 */
export async function resolveAlias(
  given: string | undefined,
  dataRoot: string | undefined,
): Promise<string> {
  try {
    if (dataRoot !== undefined) await mkdir(dataRoot, { recursive: true })
    if (given !== undefined) return given
    return dataRoot === undefined ? randomUUID() : await kept(join(dataRoot, FILE))
  } catch (error) {
    throw new Failure(`the data root ${dataRoot} cannot be used: ${(error as Error).message}`)
  }
}

async function kept(file: string): Promise<string> {
  const fresh = randomUUID()
  try {
    await writeFile(file, fresh, { flag: 'wx' })
    return fresh
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error
  }
  const alias = (await readFile(file, 'utf8')).trim()
  if (alias !== '') return alias
  await writeFile(file, fresh)
  return fresh
}
