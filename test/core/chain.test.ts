import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Chain, type Chained } from '../../src/core/chain.js'

interface Item extends Chained<Item> {
  readonly name: string
}

const item = (name: string): Item => ({ name, previous: undefined, next: undefined })
const names = (chain: Chain<Item>): string =>
  chain
    .toArray()
    .map(({ name }) => name)
    .join('')

test('keeps the order, wherever one is taken out', () => {
  for (const [gone, left] of [
    ['a', 'bcd'],
    ['b', 'acd'],
    ['d', 'abc'],
    ['ad', 'bc'],
    ['bc', 'ad'],
    ['dcba', ''],
  ] as const) {
    const chain = new Chain<Item>()
    const items = new Map([...'abcd'].map((name) => [name, item(name)]))
    for (const each of items.values()) chain.push(each)
    for (const name of gone) chain.remove(items.get(name) as Item)
    assert.is(names(chain), left)
    assert.is(chain.size, left.length)
    assert.is(chain.first?.name, left[0])
    chain.push(item('e'))
    assert.is(names(chain), `${left}e`)
  }
})

test('who has gone holds nobody, and may come again', () => {
  const chain = new Chain<Item>()
  const [a, b, c] = [item('a'), item('b'), item('c')]
  for (const each of [a, b, c]) chain.push(each)
  chain.remove(b)
  assert.equal([b.previous, b.next], [undefined, undefined])
  chain.push(b)
  assert.is(names(chain), 'acb')
})

test('who stands there no longer, or never did, changes nothing', () => {
  const chain = new Chain<Item>()
  const [a, b, c] = [item('a'), item('b'), item('c')]
  assert.not.ok(chain.remove(a))
  for (const each of [a, b, c]) chain.push(each)
  for (const each of [b, a]) {
    assert.ok(chain.remove(each))
    assert.not.ok(chain.remove(each))
  }
  assert.is(names(chain), 'c')
  assert.is(chain.size, 1)
})

test('what is in it may change while its items are gone through', () => {
  const chain = new Chain<Item>()
  for (const name of 'abc') chain.push(item(name))
  for (const each of chain.toArray()) chain.remove(each)
  assert.is(chain.size, 0)
})

test.run()
