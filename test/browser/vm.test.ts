// Loads the built iridium-node/vm into a real headless Chromium: page and worker, with and without the
// permission to compile WebAssembly, and holds the results against those of Node.
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble, Vm } from '../../src/vm-entry.js'

const root = resolve(import.meta.dirname, '../..')
const executablePath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

const SOURCE = `
.data
text: .asciiz 'primes: '
.code
        PRTS @text
        LOAD $0 #0
        LOAD $1 #200000
        LOADF64 $2 #3
again:  INC $0
        MULF64 $2 $2 $3
        NEQ $0 $1
        DJMPE @again
        PUSH $0
        LOAD $4 #7
        DIV $0 $4 $5
        HLT
`

/** Runs in Node, in a page and in a worker: so it uses nothing but its arguments. */
const script = `
export function outcome({ assemble, Vm }, source, engine) {
  const vm = new Vm(assemble(source), { engine })
  let slices = 0
  let stop
  do { stop = vm.run({ fuel: 100003 }); slices++ } while (stop.kind === 'yielded')
  return {
    stop, slices, output: vm.output, registers: [...vm.registers], floats: [...vm.floatRegisters],
    remainder: vm.remainder, depth: vm.stackDepth, count: vm.instructionCount,
  }
}`

const worker = `
import * as vm from './vm.js'
import { outcome } from './outcome.js'
onmessage = ({ data: [source, engine] }) => postMessage(outcome(vm, source, engine))`

const files: Record<string, () => string> = {
  '/': () => '<!doctype html><title>iridium</title>',
  '/outcome.js': () => script,
  '/worker.js': () => worker,
}

let server: Server
let browser: Browser
let origin: string

const inBrowser = suite('iridium-node/vm in Chromium')

inBrowser.before(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const name = path.slice(1)
    const text =
      files[path]?.() ??
      (/^[\w.-]+\.js$/.test(name) && existsSync(join(root, 'dist', name))
        ? readFileSync(join(root, 'dist', name), 'utf8')
        : undefined)
    if (text === undefined) {
      response.writeHead(404).end()
      return
    }
    const strict = request.headers.referer?.includes('strict') || request.url?.includes('strict')
    response.writeHead(200, {
      'content-type': path === '/' ? 'text/html' : 'text/javascript',
      ...(strict ? { 'content-security-policy': "script-src 'self'; worker-src 'self'" } : {}),
    })
    response.end(text)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await chromium.launch({
    executablePath: executablePath as string,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
})

inBrowser.after(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
})

// The pages' code is text: the loader of TypeScript would add calls that exist only here.
async function inPage(url: string, engine: string): Promise<unknown> {
  return evaluate(
    url,
    `Promise.all([import('/vm.js'), import('/outcome.js')])
       .then(([vm, { outcome }]) => outcome(vm, ${JSON.stringify(SOURCE)}, '${engine}'))`,
  )
}

async function inWorker(engine: string): Promise<unknown> {
  return evaluate(
    '/',
    `new Promise((resolve, reject) => {
       const worker = new Worker('/worker.js', { type: 'module' })
       worker.onmessage = ({ data }) => resolve(data)
       worker.onerror = ({ message }) => reject(new Error(message))
       worker.postMessage([${JSON.stringify(SOURCE)}, '${engine}'])
     })`,
  )
}

async function evaluate(url: string, expression: string): Promise<unknown> {
  const page = await browser.newPage()
  try {
    await page.goto(origin + url)
    return await page.evaluate(expression)
  } finally {
    await page.close()
  }
}

async function inNode(engine: 'interpreter' | 'compiled'): Promise<unknown> {
  const { outcome } = await import(`data:text/javascript,${encodeURIComponent(script)}`)
  return JSON.parse(JSON.stringify(outcome({ assemble, Vm }, SOURCE, engine)))
}

for (const engine of ['interpreter', 'compiled'] as const) {
  inBrowser(`a page gives the same result as Node: ${engine}`, async () => {
    assert.equal(await inPage('/', engine), await inNode(engine))
  })
  inBrowser(`a worker gives the same result as Node: ${engine}`, async () => {
    assert.equal(await inWorker(engine), await inNode(engine))
  })
}

for (const engine of ['auto', 'compiled'] as const) {
  inBrowser(
    `where the page may not compile WebAssembly, the interpreter serves: ${engine}`,
    async () => {
      assert.equal(await inPage('/?strict', engine), await inNode('interpreter'))
    },
  )
}

inBrowser(
  'the policy of that page refuses WebAssembly indeed, and the other page allows it',
  async () => {
    // The smallest module: its magic and its version.
    const compile = `(() => {
    try { return typeof new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) }
    catch (error) { return error.name }
  })()`
    assert.is(await evaluate('/?strict', compile), 'CompileError')
    assert.is(await evaluate('/', compile), 'object')
  },
)

if (executablePath === undefined) {
  const none = suite('iridium-node/vm in Chromium')
  none.skip('no Chromium on this machine: set CHROMIUM to its path')
  none.run()
} else {
  inBrowser.run()
}
