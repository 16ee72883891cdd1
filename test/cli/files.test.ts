// The command and files: running, assembling, disassembling, and how each fails.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { iridium, temporaryFolder } from './in-process.js'

const cwd = temporaryFolder()
process.chdir(cwd)
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(cwd, name), content)
  return name
}

const registers = (values: Record<number, number> = {}) =>
  `[${Array.from({ length: 32 }, (_, index) => values[index] ?? 0).join(', ')}]\n`

const SUM = `.data
text: .asciiz 'the sum is in $2'
.code
      LOAD $1 #100
more: ADD $2 $1 $2
      DEC $1
      NEQ $0 $1
      DJMPE @more
      PRTS @text
      HLT
`
file('sum.iasm', SUM)
file('div.iasm', '.data\n.code\nload $1 #7\ndiv $1 $0 $2\n')
file('end.iasm', '.data\n.code\nload $1 #7\n')
file('bad.iasm', '.data\n.code\n  lod $1 #7\n  load $77 #1\n')
file('image.ir', Uint8Array.from([0x45, 0x50, 0x49, 0x45, 1]))

interface Case {
  readonly args: string
  readonly input?: string
  readonly code: number
  readonly stdout?: string
  readonly stderr?: RegExp
}

const cases: readonly Case[] = [
  { args: 'sum.iasm', code: 0, stdout: `the sum is in $2\n${registers({ 2: 5050 })}` },
  { args: '-', input: SUM, code: 0, stdout: `the sum is in $2\n${registers({ 2: 5050 })}` },
  { args: 'div.iasm', code: 1, stdout: registers({ 1: 7 }), stderr: /div\.iasm has crashed: .*72/ },
  { args: 'end.iasm', code: 1, stdout: registers({ 1: 7 }), stderr: /without HLT, at 72/ },
  { args: 'bad.iasm', code: 1, stderr: /bad\.iasm:3:3[\s\S]*LOAD[\s\S]*bad\.iasm:4:8/ },
  { args: 'none.iasm', code: 1, stderr: /^iridium: there is no file none\.iasm\n$/ },
  { args: '.', code: 1, stderr: /^iridium: \. is a directory\n$/ },
  { args: 'image.ir', code: 1, stderr: /at least 68 bytes.*ERR_IRIDIUM_BAD_PROGRAM/ },
  { args: 'asm sum.iasm', code: 2, stderr: /needs -o OUT/ },
  { args: 'asm bad.iasm -o bad.ir', code: 1, stderr: /bad\.iasm:3:3/ },
  {
    args: 'asm sum.iasm -o none/sum.ir',
    code: 1,
    stderr: /^iridium: none\/sum\.ir cannot be written: none is no directory, or takes no files\n$/,
  },
  {
    args: 'asm sum.iasm -o sum.iasm/x',
    code: 1,
    stderr: /cannot be written: sum\.iasm is no directory/,
  },
  { args: 'asm sum.iasm --output=', code: 2, stderr: /needs -o OUT/ },
  { args: 'disasm sum.iasm', code: 1, stderr: /does not begin with "EPIE"/ },
  { args: 'disasm', code: 2, stderr: /needs a file\nusage: iridium disasm FILE\n$/ },
  { args: '--nothing', code: 2, stderr: /^iridium: unknown option '--nothing'\n.*--help/ },
  { args: '-r sum.iasm', code: 2, stderr: /goes with the REPL or a node, and takes no file/ },
  { args: 'connect', code: 2, stderr: /needs HOST:PORT/ },
  { args: 'connect nowhere', code: 2, stderr: /connect takes HOST:PORT.*not "nowhere"/ },
  { args: 'connect 127.0.0.1:1', code: 1, stderr: /^iridium: 127\.0\.0\.1:1: .*ECONNREFUSED/ },
  { args: '-t none sum.iasm', code: 0, stderr: /not "none"/ },
  { args: '--daemon-mode maybe', code: 2, stderr: /takes true or false/ },
  { args: 'members', code: 2, stderr: /needs --via/ },
]

for (const { args, input, code, stdout, stderr = /^$/ } of cases) {
  test(`iridium ${args}`, async () => {
    const result = await iridium(args.split(' '), input)
    assert.match(result.stderr, stderr)
    if (stdout !== undefined) assert.is(result.stdout, stdout)
    else if (code !== 0) assert.is(result.stdout, '')
    assert.is(result.code, code)
    assert.not.match(result.stderr, /^\s+at /m)
  })
}

test('a program may be assembled, run as an image, and disassembled to the same image', async () => {
  assert.is((await iridium(['asm', 'sum.iasm', '-o', 'sum.ir'])).code, 0)
  const [run, source, image] = await Promise.all([
    iridium(['sum.ir']),
    iridium(['disasm', 'sum.ir']),
    iridium(['asm', '-', '-o', '-'], SUM),
  ])
  assert.is(run.stdout, `the sum is in $2\n${registers({ 2: 5050 })}`)
  assert.ok(readFileSync(join(cwd, 'sum.ir')).equals(Buffer.from(image.stdout, 'utf8')))
  file('again.iasm', source.stdout)
  await iridium(['asm', 'again.iasm', '-o', 'again.ir'])
  assert.ok(readFileSync(join(cwd, 'again.ir')).equals(readFileSync(join(cwd, 'sum.ir'))))
})

test('--help and --version go to stdout', async () => {
  const [help, asm, version] = await Promise.all([
    iridium(['--help']),
    iridium(['asm', '--help']),
    iridium(['--version']),
  ])
  assert.match(help.stdout, /iridium \[FLAGS\] \[FILE\][\s\S]*--server-bind-port/)
  assert.match(asm.stdout, /^iridium asm FILE -o OUT/)
  assert.match(version.stdout, /^\d+\.\d+\.\d+/)
  for (const { code, stderr } of [help, asm, version])
    assert.equal({ code, stderr }, { code: 0, stderr: '' })
})

test('a level of the log that is none is told by every command, where it logs nothing, too', async () => {
  const lines = ['sum.iasm', 'asm sum.iasm -o sum.ir', 'connect 127.0.0.1:1', 'keygen', 'node']
  for (const line of lines) {
    const result = await iridium(line.split(' '), '', { IRIDIUM_LOG: 'loud' })
    assert.match(result.stderr, /^iridium: IRIDIUM_LOG takes trace,.*not "loud"\n/, line)
    assert.equal([result.code, result.stdout], [2, ''], line)
  }
  const flag = await iridium(['--log-level', 'loud', 'sum.iasm'])
  assert.match(flag.stderr, /^iridium: --log-level takes trace/)
  assert.is(flag.code, 2)
  assert.is((await iridium(['--version'], '', { IRIDIUM_LOG: 'loud' })).code, 0)
})

test('keygen prints 32 random bytes in base64url', async () => {
  const [one, two] = await Promise.all([iridium(['keygen']), iridium(['keygen'])])
  assert.match(one.stdout, /^[A-Za-z0-9_-]{43}\n$/)
  assert.is.not(one.stdout, two.stdout)
})

test.run()
