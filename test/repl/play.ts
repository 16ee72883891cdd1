// Opens sessions for tests, and plays transcripts: types what stands behind the prompts, and gives the
// transcript that came of it.
import { IridiumNode } from '../../src/node/iridium-node.js'
import { watch } from '../../src/repl/notices.js'
import { Seat } from '../../src/repl/seat.js'
import { type Outlet, PROMPT, Session } from '../../src/repl/session.js'

const QUESTION = 'Please enter the path to the file you wish to load: '

/** Files that are named in sessions stand here. */
process.chdir(new URL('sessions/', import.meta.url).pathname)

/** Collects what a session says. */
export class Recorder implements Outlet {
  text = ''
  notices: string[] = []
  ready: Outlet['ready'] = () => Promise.resolve()

  write(text: string): void {
    this.text += text
  }

  notice(text: string): void {
    this.notices.push(text)
  }
}

export interface OpenOptions {
  readonly alias?: string
  readonly port?: number
  readonly anyPort?: boolean
  readonly remote?: boolean
}

export function open({ alias = 'a', port = 0, anyPort = true, remote = false }: OpenOptions = {}) {
  const recorder = new Recorder()
  const create = (at: number) => {
    const node = new IridiumNode({ alias, port: at })
    watch(node, (text) => recorder.notice(`* ${text}`))
    return node
  }
  const seat = new Seat({ port, anyPort, create })
  const session = new Session(seat, recorder, { remote })
  const close = async () => {
    await session.close()
    await seat.close()
  }
  return { recorder, seat, session, [Symbol.asyncDispose]: close }
}

export async function play(transcript: string, options: OpenOptions = {}): Promise<string> {
  await using it = open(options)
  for (const line of typed(transcript)) {
    it.recorder.text += `${it.session.prompt}${line}\n`
    await it.session.handle(line)
    if (it.session.ended) break
  }
  return it.recorder.text
}

function typed(transcript: string): string[] {
  const afterPrompt = (line: string) =>
    [PROMPT, QUESTION].filter((prompt) => line.startsWith(prompt.trimEnd()))
  return transcript
    .split('\n')
    .flatMap((line) => afterPrompt(line).map((prompt) => line.slice(prompt.length)))
}
