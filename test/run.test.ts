// The runner itself: files that uvu alone would call green while they are broken, run by test/run.mjs as a child.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const RUNNER = fileURLToPath(new URL('run.mjs', import.meta.url))
const UVU = import.meta.resolve('uvu')
const root = mkdtempSync(join(tmpdir(), 'iridium-runner-'))
const one = `test('one', () => {})`

test.after(() => rmSync(root, { recursive: true }))

/** What the runner says of a folder with these files, each of which has `test` from uvu. */
function run(bodies: readonly string[], limitMs = 60_000) {
  const folder = mkdtempSync(join(root, 'case-'))
  for (const [i, body] of bodies.entries()) {
    writeFileSync(join(folder, `${i}.test.ts`), `import { test } from '${UVU}'\n${body}\n`)
  }
  const { status, stdout } = spawnSync(process.execPath, [RUNNER, folder], {
    env: { ...process.env, TEST_LIMIT_MS: `${limitMs}` },
    encoding: 'utf8',
  })
  const lines = stdout.trimEnd().split('\n')
  const verdicts = bodies.map(
    (_, i) => lines.find((each) => each.includes(`/${i}.test.ts  `)) ?? '',
  )
  return { status, verdicts, last: lines.at(-1) as string }
}

test('green: a test; a test and a skipped one; nothing but a skipped one', () => {
  const skipped = `test.skip('two')`
  const { status, verdicts, last } = run([
    `${one}\ntest.run()`,
    `${one}\n${skipped}\ntest.run()`,
    `${skipped}\ntest.run()`,
  ])
  for (const verdict of verdicts) assert.match(verdict, /^ok/)
  assert.is(last, '2 passed, 0 failed, 2 skipped')
  assert.is(status, 0)
  assert.is(run([`${one}\ntest.run()`]).last, '1 passed, 0 failed')
})

const NO = `() => { throw new Error('no') }`
const RED: readonly [name: string, body: string, why: RegExp][] = [
  ['a test that fails', `test('one', ${NO})\ntest.run()`, /exit 1/],
  ['no test', 'test.run()', /no tests/],
  ['a forgotten run()', one, /no tests/],
  ['a before that throws', `test.before(${NO})\n${one}\ntest.run()`, /0 of 1 passed/],
  ['an after that throws', `test.after(${NO})\n${one}\ntest.run()`, /exit 1/],
  ['an after.each that throws', `test.after.each(${NO})\n${one}\ntest.run()`, /0 of 1 passed/],
  ['a test that throws undefined', `test('one', () => { throw undefined })\ntest.run()`, /0 of 1/],
  ['a test that never ends', `test('one', () => new Promise(() => {}))\ntest.run()`, /exit 1/],
  ['a promise that nobody holds', `${one}\ntest.run()\nPromise.reject(new Error('no'))`, /exit 1/],
  ['a file that cannot be read', `${one}\ntest.run(`, /exit 1/],
]
const red = run([...RED.map(([, body]) => body), `${one}\ntest.run()`])
for (const [i, [name, , why]] of RED.entries()) {
  test(`red: ${name}`, () => {
    assert.match(red.verdicts[i] as string, /^FAIL/)
    assert.match(red.verdicts[i] as string, why)
  })
}

test('what is red makes all red, and a file beside it stays green', () => {
  assert.is(red.status, 1)
  assert.match(red.verdicts.at(-1) as string, /^ok/)
  assert.match(red.last, new RegExp(`, ${RED.length} failed$`))
})

test('red: a process that stays, after the limit; and no file at all', () => {
  const { status, verdicts } = run([`${one}\ntest.run()\nsetInterval(() => {}, 1000)`], 4000)
  assert.match(verdicts[0] as string, /^FAIL .*no end after 4000 ms/)
  assert.is(status, 1)
  assert.is(run([]).status, 1)
})

test.run()
