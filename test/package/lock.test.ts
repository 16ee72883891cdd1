// A lock without the packages of other platforms is refused by npm ci, on every platform.
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

interface Entry {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const path = new URL('../../package-lock.json', import.meta.url)
const { packages } = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Entry> }

test('package-lock.json names every optional dependency', () => {
  const missing = Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(parent, name)),
  )
  assert.equal(missing, [])
})

/** Whether `name` is found as node looks for it: beside the parent, then further up. */
function isLocked(parent: string, name: string): boolean {
  if (packages[`${parent === '' ? '' : `${parent}/`}node_modules/${name}`] !== undefined)
    return true
  return (
    parent !== '' &&
    isLocked(parent.slice(0, Math.max(0, parent.lastIndexOf('/node_modules/'))), name)
  )
}

test.run()
