// Lines and columns, held against the obvious way of counting them.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Lines } from '../../src/assembler/lines.js'

function counted(source: string, offset: number): [line: number, column: number] {
  const before = source.slice(source.startsWith('\ufeff') ? 1 : 0, offset)
  // A CR whose LF is still to come does not end the line yet.
  const ends = before.split(/\r\n|\r|\n/)
  const split = before.endsWith('\r') && source[offset] === '\n'
  return split
    ? [ends.length - 1, (ends.at(-2)?.length ?? 0) + 2]
    : [ends.length, (ends.at(-1)?.length ?? 0) + 1]
}

test('as counted one by one', () => {
  const unit = fc.constantFrom('a', '\r', '\n', '\r\n', '\u{1f600}', 'x'.repeat(1500))
  const source = fc
    .tuple(fc.constantFrom('', '\ufeff'), fc.string({ unit, maxLength: 20 }))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(source, fc.array(fc.nat(), { minLength: 5 }), (source, offsets) => {
      const lines = new Lines(source)
      for (const offset of [0, source.length, ...offsets.map((one) => one % (source.length + 1))]) {
        const { line, column } = lines.at(offset)
        assert.equal([line, column], counted(source, offset), JSON.stringify([source, offset]))
      }
    }),
    { numRuns: 500, seed: 5 },
  )
})

test.run()
