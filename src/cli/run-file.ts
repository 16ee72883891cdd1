// Owns `iridium FILE`: a program runs, prints, and its stop code is the exit code.

import { runInSlices } from '../repl/slices.js'
import { Vm } from '../vm/vm.js'
import { readProgram } from './program-file.js'
import { print, ready, type Shell, stoppedCode, warn } from './shell.js'

/** Resolves to the exit code. */
export async function runFile(shell: Shell, path: string): Promise<number> {
  const program = await readProgram(shell, path)
  let midLine = false
  const vm = new Vm(program, {
    output: (text) => {
      shell.stdout.write(text)
      if (text !== '') midLine = !text.endsWith('\n')
    },
  })
  const stop = await runInSlices(vm, { signal: shell.stop, written: () => ready(shell) })
  if (stop.kind === 'yielded') return stoppedCode(shell.stop)
  if (midLine) print(shell, '')
  print(shell, `[${vm.registers.join(', ')}]`)
  if (stop.kind === 'crashed') warn(shell, `${path} has crashed: ${stop.fault.message}`)
  else if (stop.code !== 0) warn(shell, `${path} has stopped without HLT, at ${vm.pc}`)
  vm.close()
  return stop.code
}
