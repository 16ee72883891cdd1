// Owns what the bench knows of another engine: how long it takes for a kernel.
import { readFileSync } from 'node:fs'
import type { Kernel } from '../kernels.js'
import { fastest } from '../measure.js'

export interface Rival {
  readonly name: string
  /** Whether it is measured with the kernels' smaller sizes, to be done in seconds. */
  readonly isSlow: boolean
  /** Nanoseconds of its fastest round; throws if its result is not the twin's. */
  time(kernel: Kernel, size: number): number
}

/** A rival, or why there is none. */
export type Found = Rival | { readonly missing: string }

/** The version of a package that is installed beside. */
export function versionOf(name: string): string {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

export function luaSource(kernel: Kernel): string {
  return readFileSync(new URL(`../kernels/lua/${kernel.name}.lua`, import.meta.url), 'utf8')
}

/** For engines within this process. */
export function timeInside(kernel: Kernel, size: number, run: (size: number) => number): number {
  let result = 0
  const time = fastest(() => {
    result = run(size)
  })
  checkResult(kernel, size, result)
  return time
}

export function checkResult(kernel: Kernel, size: number, result: number): void {
  const expected = kernel.twin(size)
  if (result !== expected) throw new Error(`${kernel.name}: ${result} instead of ${expected}`)
}
