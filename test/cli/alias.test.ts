import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { resolveAlias } from '../../src/cli/alias.js'
import { temporaryFolder } from './in-process.js'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test('without a data root: a fresh UUID each time, and nothing is written', async () => {
  const cwd = temporaryFolder()
  process.chdir(cwd)
  const [one, two] = [
    await resolveAlias(undefined, undefined),
    await resolveAlias(undefined, undefined),
  ]
  assert.match(one, UUID)
  assert.is.not(one, two)
  assert.equal(readdirSync(cwd), [])
})

test('a data root keeps the alias', async () => {
  const root = join(temporaryFolder(), 'deep', 'root')
  const alias = await resolveAlias(undefined, root)
  assert.match(alias, UUID)
  assert.is(readFileSync(join(root, '.node_id'), 'utf8'), alias)
  assert.is(await resolveAlias(undefined, root), alias)
})

test('what the data root holds is trimmed, and an empty file is filled', async () => {
  const root = temporaryFolder()
  writeFileSync(join(root, '.node_id'), '  alpha \r\n')
  assert.is(await resolveAlias(undefined, root), 'alpha')
  writeFileSync(join(root, '.node_id'), '\n')
  const alias = await resolveAlias(undefined, root)
  assert.match(alias, UUID)
  assert.is(await resolveAlias(undefined, root), alias)
})

test('the flag wins, and is not written', async () => {
  const root = temporaryFolder()
  assert.is(await resolveAlias('beta', root), 'beta')
  assert.not.ok(existsSync(join(root, '.node_id')))
})

test('a data root that cannot be used is told', async () => {
  const root = temporaryFolder()
  writeFileSync(join(root, 'file'), '')
  mkdirSync(join(root, 'odd', '.node_id'), { recursive: true })
  for (const bad of ['file', 'odd']) {
    try {
      await resolveAlias(undefined, join(root, bad))
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /^the data root .* cannot be used: /)
    }
  }
})

test.run()
