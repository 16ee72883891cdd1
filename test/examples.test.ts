// Runs every example as a user would, against the built package, and compares what it prints with what it says it prints.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..')
const folder = join(root, 'examples')
const examples = readdirSync(folder).filter((name) => name.endsWith('.mjs'))

test('there are examples', () => {
  assert.ok(examples.length >= 5)
})

for (const name of examples) {
  test(name, async () => {
    const file = join(folder, name)
    const expected = readFileSync(file, 'utf8').split('\n// prints:\n')[1]
    const args = name.endsWith('.test.mjs') ? ['--test', file] : [file]
    const { stdout, stderr } = await run(process.execPath, args, { cwd: root, timeout: 30_000 })
    assert.is(stderr, '')
    if (expected !== undefined) assert.is(stdout, expected.replace(/^\/\/ /gm, ''))
    else assert.match(stdout, /^# pass [1-9]/m)
  })
}

test('the code in README.md runs', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const block = readme.match(/```js\n([\s\S]*?)```\n\nprints\n\n```\n([\s\S]*?)```/)
  assert.ok(block, 'README.md has no js block followed by what it prints')
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '-e', block[1] as string],
    {
      cwd: root,
      timeout: 30_000,
    },
  )
  assert.is(stdout, block[2] as string)
})

test.run()
