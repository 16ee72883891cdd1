// Plays every transcript of sessions/: a line behind a prompt is typed, what stands below must be the reply.
// Lines that begin with # say why and are not compared.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { play } from './play.js'

const folder = join(import.meta.dirname, 'sessions')

for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
  test(name.replace('.txt', '').replaceAll('-', ' '), async () => {
    const transcript = readFileSync(join(folder, name), 'utf8').replace(/^#.*\n/gm, '')
    const remote = name === 'remote.txt'
    assert.fixture(await play(transcript, { remote }), transcript)
  })
}

test.run()
