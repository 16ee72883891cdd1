// Two nodes that shake hands at the same moment: every order of arrival, and a cut at every point.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ALIASES, type Beginning, explore } from './interleavings.js'

/** How many different ends there are at least: if fewer are found, too little was tried. */
const CASES: readonly [Beginning, number][] = [
  ['both join', 150],
  ['link lost', 40],
  ['half a link', 10],
]

for (const [beginning, least] of CASES) {
  for (const aliases of ALIASES) {
    test(`${beginning}, ${aliases[0]} is the first`, () => {
      const { ends, failures } = explore(beginning, aliases, true)
      assert.equal(failures, [])
      assert.ok(ends >= least, `${ends} ends`)
    })
  }
}

test.run()
