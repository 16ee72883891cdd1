import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createLogger, LOG_LEVELS, type LogLevel } from '../../src/cli/logger.js'

const now = () => new Date(0)

function logged(level: LogLevel, fields: object = {}): string[] {
  const lines: string[] = []
  const logger = createLogger(level, (line) => lines.push(line), now)
  for (const name of LOG_LEVELS) if (name !== 'silent') logger[name](fields, name)
  return lines
}

test('a level lets itself and what is graver through', () => {
  assert.equal(
    LOG_LEVELS.map((level) => logged(level).length),
    [5, 4, 3, 2, 1, 0],
  )
})

test('a line has the time, the level, the message and the fields', () => {
  const fields = { alias: 'beta', port: 2254, note: 'two words', nodes: ['a', 'b'], empty: '' }
  assert.equal(logged('error', fields), [
    '1970-01-01T00:00:00.000Z error error alias=beta port=2254 note="two words" nodes=["a","b"] empty=""\n',
  ])
})

test('nothing that is logged acts on the terminal, or looks like another line', () => {
  const [line = ''] = logged('error', { alias: 'a\u001b[2J\nb', error: new Error('x\u009by') })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  assert.not.match(line.slice(0, -1), /[\u0000-\u001f\u0080-\u009f]/)
  assert.match(line, 'error="x\\u009by"')
})

test('what cannot be written is not thrown', () => {
  const cycle: { self?: object } = {}
  cycle.self = cycle
  const [line = ''] = logged('error', { cycle, big: 1n, none: undefined })
  assert.match(line, 'big=1 none=undefined')
})

test.run()
