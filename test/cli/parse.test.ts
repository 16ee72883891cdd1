import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { help } from '../../src/cli/help.js'
import { parse, UsageError } from '../../src/cli/parse.js'
import { COMMANDS, FLAGS } from '../../src/cli/table.js'

const read = (line: string) => {
  const { command, operands, flags } = parse(line.split(' ').filter(Boolean))
  const given = [...flags].map(([name, values]) => `${name}=${values.join('+')}`)
  return [command, ...operands, ...given].join(' ')
}

// What is typed after `iridium`, and what it is understood as.
const understood: readonly [string, string][] = [
  ['', 'run'],
  ['sum.iasm', 'run sum.iasm'],
  ['-', 'run -'],
  [
    '-t 4 -p 2244 -h ::1 -P 0 -H 127.0.0.1',
    'run threads=4 bind-port=2244 bind-host=::1 server-bind-port=0 server-bind-host=127.0.0.1',
  ],
  ['-r', 'run enable-remote-access='],
  ['--node-alias=alpha --daemon-mode true', 'run node-alias=alpha daemon-mode=true'],
  ['asm a.iasm -o a.ir', 'asm a.iasm output=a.ir'],
  ['-o - asm a.iasm', 'asm a.iasm output=-'],
  ['node --join a:1 --join b:2', 'node join=a:1+b:2'],
  ['--log-level trace node', 'node log-level=trace'],
  ['./node', 'run ./node'],
  ['-- -x', 'run -x'],
  ['asm --help', 'asm help='],
  ['--version', 'run version='],
]

for (const [line, expected] of understood) {
  test(`iridium ${line}`, () => assert.is(read(line), expected))
}

// What is typed after `iridium`, and a part of what is said about it.
const refused: readonly [string, RegExp][] = [
  ['--nothing', /unknown option '--nothing'/],
  ['-x', /unknown option '-x'/],
  ['-h', /-h takes a host/],
  ['-P', /argument missing/],
  ['--help=yes', /does not take an argument/],
  ['a b', /b is one argument too many/],
  ['asm', /iridium asm needs a file/],
  ['node a', /a is one argument too many/],
  ['keygen --join a:1', /--join does not belong to iridium keygen/],
  ['--join a:1', /--join does not belong to iridium$/],
  ['-P 1 -P 2', /--server-bind-port is given more than once/],
]

for (const [line, message] of refused) {
  test(`iridium ${line} is refused`, () => {
    try {
      parse(line.split(' '))
    } catch (error) {
      assert.instance(error, UsageError)
      assert.match((error as UsageError).message, message)
      assert.ok((error as UsageError).hint.length > 0)
      return
    }
    assert.unreachable('accepted')
  })
}

test('help names every command and every flag, in lines of at most 100 characters', () => {
  const whole = help('run')
  for (const { usage } of COMMANDS) assert.ok(whole.includes(`iridium ${usage}`), usage)
  const texts = COMMANDS.map(({ name }) => help(name))
  for (const { name } of FLAGS)
    assert.ok(
      texts.some((text) => text.includes(`--${name}`)),
      name,
    )
  for (const line of texts.flatMap((text) => text.split('\n'))) assert.ok(line.length <= 100, line)
})

test('no two flags share a letter', () => {
  const letters = FLAGS.flatMap((flag) => ('short' in flag ? [flag.short] : []))
  assert.is(new Set(letters).size, letters.length)
})

test.run()
