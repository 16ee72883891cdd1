// The cluster machine, told in text: each file of transcripts/ is run and compared whole. UPDATE=1 writes them anew;
// read the difference before you commit it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TABLE } from '../../src/cluster/conflicts.js'
import { rewrite } from './transcript.js'

const folder = new URL('./transcripts/', import.meta.url)
const { UPDATE } = process.env
const used = new Set<string>()

for (const row of TABLE) {
  const { verdict } = row
  Object.assign(row, {
    verdict: (...args: Parameters<typeof verdict>) => {
      used.add(row.situation)
      return verdict(...args)
    },
  })
}

for (const name of readdirSync(folder)
  .filter((file) => file !== 'README.txt')
  .sort()) {
  test(name.replace('.txt', ''), () => {
    const file = new URL(name, folder)
    const text = readFileSync(file, 'utf8')
    const fresh = rewrite(text)
    if (UPDATE) writeFileSync(file, fresh)
    else assert.fixture(fresh, text)
  })
}

test('every row of the table of conflicts is told by a transcript', () => {
  const unused = TABLE.map(({ situation }) => situation).filter((situation) => !used.has(situation))
  // no transcript has 256 members: that row is tested in conflicts.test.ts
  assert.equal(unused, ['I have as many members as I may'])
})

test.run()
