// The programs of examples/programs, assembled and run: each says in its first comment what it does.
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble, disassemble, Program, Vm } from '../../src/vm-entry.js'

const FUEL = 1_000_000
const folder = new URL('../../examples/programs/', import.meta.url)

for (const name of readdirSync(folder)) {
  const source = readFileSync(new URL(name, folder), 'utf8')
  const promises = source.slice(0, source.indexOf('\n\n')).replace(/^; ?/gm, '').split('\n')

  test(name, () => {
    const program = assemble(source, { file: name })
    const vm = new Vm(program)
    const stop = vm.run({ fuel: FUEL })
    let kept = 0
    for (const line of promises) if (keeps(line, vm, stop)) kept++
    assert.ok(kept >= 2, 'it promises what it ends with, and something else')
    if (!promises.some((line) => line.startsWith('prints '))) assert.is(vm.output, '')
    vm.close()
  })

  test(`${name}, disassembled and assembled again`, () => {
    const program = assemble(source)
    assert.equal(assemble(disassemble(program)).bytes, program.bytes)
    const image = Program.from(program.bytes)
    assert.equal(assemble(disassemble(image)).bytes, program.bytes)
  })
}

/** Whether `line` promises something; fails if it is not so. */
function keeps(line: string, vm: Vm, stop: ReturnType<Vm['run']>): boolean {
  const [, text] = /^prints (".*")$/.exec(line) ?? []
  if (text !== undefined) assert.is(vm.output, JSON.parse(text))
  const [, file, register, value] = /^([$f])(\d+) = (.+)$/.exec(line) ?? []
  const registers = file === 'f' ? vm.floatRegisters : vm.registers
  if (value !== undefined) assert.is(registers[Number(register)], Number(value), line)
  const [, count] = /^stops with 0(?: after (\d+) instructions)?$/.exec(line) ?? []
  const halts = line.startsWith('stops with 0')
  if (halts) assert.equal(stop, { kind: 'halted', code: 0 })
  if (count !== undefined) assert.is(vm.instructionCount, Number(count))
  const [, reason, pc] = /^crashes with (\w+) at (\d+)$/.exec(line) ?? []
  if (reason !== undefined) {
    assert.ok(stop.kind === 'crashed', stop.kind)
    assert.equal([stop.fault.reason, stop.fault.pc], [reason, Number(pc)])
  }
  return text !== undefined || value !== undefined || halts || reason !== undefined
}

test.run()
