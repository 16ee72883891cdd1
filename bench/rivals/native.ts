// Times what the machine may have beside Node: Lua 5.4, LuaJIT, and C. They run in processes of their own, which
// measure the time they have had of the processor themselves.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kernel } from '../kernels.js'
import { checkResult, type Found } from './rival.js'

const ROUNDS = '20'
const folder = (name: string) => fileURLToPath(new URL(`../kernels/${name}/`, import.meta.url))
const lua = folder('lua')
const c = folder('c')

export function lua54(): Found {
  return interpreter('lua5.4', (kernel) => `${lua}${kernel.name}.lua`)
}

/** It has the operators of Lua 5.1, hence kernels of its own where integers or bits are needed. */
export function luajit(): Found {
  return interpreter('luajit', ({ name }) => {
    const own = `${lua}${name}.luajit.lua`
    return existsSync(own) ? own : `${lua}${name}.lua`
  })
}

export function gcc(): Found {
  const version = output('gcc', '-dumpfullversion')
  if (version === undefined) return { missing: 'C: no gcc here' }
  return {
    name: `C, gcc ${version} -O2`,
    isSlow: false,
    time(kernel, size) {
      const build = mkdtempSync(join(tmpdir(), 'bench-'))
      try {
        const binary = join(build, kernel.name)
        execFileSync('gcc', ['-O2', '-o', binary, `${c}${kernel.name}.c`, `${c}time.c`])
        return timeOutside(kernel, size, binary)
      } finally {
        rmSync(build, { recursive: true })
      }
    },
  }
}

function interpreter(command: string, file: (kernel: Kernel) => string): Found {
  const version = output(command, '-v')
  if (version === undefined) return { missing: `${command}: not here` }
  return {
    name: version.split(' ').slice(0, 2).join(' '),
    isSlow: false,
    time: (kernel, size) => timeOutside(kernel, size, command, `${lua}time.lua`, file(kernel)),
  }
}

function timeOutside(kernel: Kernel, size: number, command: string, ...args: string[]): number {
  const line = execFileSync(command, [...args, `${size}`, ROUNDS], { encoding: 'utf8' })
  const [result, time] = line.split(' ').map(Number) as [number, number]
  checkResult(kernel, size, result)
  return time
}

/** What a command prints; undefined if it is not there. */
function output(command: string, argument: string): string | undefined {
  try {
    return execFileSync(command, [argument], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}
