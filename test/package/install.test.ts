// Packs the package, installs the tarball into an empty project and uses it the ways that users do:
// import, require, npx, and under tsc with both module resolutions and no skipLibCheck.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const project = mkdtempSync(join(tmpdir(), 'iridium-install-'))
const npm = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']

const inProject = async (command: string, ...args: string[]) => {
  const { stdout } = await run(command, args, { cwd: project, timeout: 120_000 })
  return stdout
}
const write = (name: string, text: string) => writeFileSync(join(project, name), text)

const source = `
import { assemble, type IridiumError, IridiumNode, type Member, type Stop, Vm } from 'iridium-node'
import { createTestCluster } from 'iridium-node/testing'
import * as vm from 'iridium-node/vm'

const stop: Stop = new Vm(assemble('hlt', { sections: 'optional' })).run()
const node = new IridiumNode({ alias: 'a', port: 0, tags: { zone: 'b' } })
node.on('memberLeft', ({ member, reason }) => {
  const m: Member = member
  const r: 'left' | 'failed' | 'replaced' = reason
  void [m.alias.length, r]
})
node.on('error', (error: IridiumError) => void error.code)
// @ts-expect-error no such event
node.on('nothing', () => {})
// @ts-expect-error no such payload
node.on('joined', ({ nothing }) => nothing)
// @ts-expect-error nothing is added to what the platform declares
void Buffer.alloc(0).utf8Slice
async function f(): Promise<void> {
  const joined: { via: Member } = await node.waitFor('joined')
  const cluster = createTestCluster({ seed: 1 })
  await cluster.advance(1)
  void [joined, stop, vm.Program]
}
void f
`

const install = suite('an installed package')

install.before(async () => {
  const { stdout } = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', ...npm, '--pack-destination', project],
    {
      cwd: root,
      timeout: 120_000,
    },
  )
  const packed = JSON.parse(stdout)
  const { filename } = (Array.isArray(packed) ? packed[0] : Object.values(packed)[0]) as {
    filename: string
  }
  write('package.json', JSON.stringify({ name: 'host', private: true, type: 'module' }))
  await inProject('npm', 'install', ...npm, join(project, filename))
})

install.after(() => rmSync(project, { recursive: true, force: true }))

install('weighs little and brings three packages', async () => {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'))
  const names = Object.keys(lock.packages).filter((name) => name !== '')
  assert.equal(names.sort(), [
    'node_modules/avsc',
    'node_modules/eventemitter3',
    'node_modules/iridium-node',
  ])
})

install('works by import', async () => {
  write(
    'a.mjs',
    `import { assemble, IridiumNode, Vm } from 'iridium-node'
     import * as vm from 'iridium-node/vm'
     import { createTestCluster } from 'iridium-node/testing'
     if (vm.Vm !== Vm || !createTestCluster) throw new Error('two builds')
     const node = new IridiumNode({ port: 0 })
     await node.start()
     await node.close()
     console.log(new Vm(assemble('hlt', { sections: 'optional' })).run().kind)`,
  )
  assert.is(await inProject(process.execPath, 'a.mjs'), 'halted\n')
})

install('works by require, and errors and programs are told across the two builds', async () => {
  write(
    'b.cjs',
    `const { assemble, AssemblyError, IridiumError } = require('iridium-node')
     const { Vm } = require('iridium-node/vm')
     require('iridium-node/testing')
     import('iridium-node').then((esm) => {
       try { esm.assemble('?') } catch (error) {
         console.log(error instanceof AssemblyError, error instanceof IridiumError, error instanceof esm.AssemblyError)
       }
       const program = assemble('again: load $0 @again jmp $0', { sections: 'optional' })
       const vm = new esm.Vm(program)
       console.log(vm.run({ fuel: 1000 }).kind, vm.program === program, esm.disassemble(program).length > 0)
       console.log(new Vm(assemble('hlt', { sections: 'optional' })).run().kind)
     })`,
  )
  assert.is(
    await inProject(process.execPath, 'b.cjs'),
    'true true true\nyielded true true\nhalted\n',
  )
})

install('brings the published schemas', async () => {
  write(
    'c.mjs',
    `import { createRequire } from 'node:module'
     import { readFileSync } from 'node:fs'
     const path = createRequire(import.meta.url).resolve('iridium-node/protocol.avsc')
     const schema = JSON.parse(readFileSync(path, 'utf8'))
     console.log(schema.slice(0, 2).map((record) => record.name).join())`,
  )
  assert.is(await inProject(process.execPath, 'c.mjs'), 'Hello,HelloAck\n')
})

install('works by npx', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  assert.match(await inProject('npx', '--no-install', 'iridium', '--version'), version)
})

for (const [module, moduleResolution] of [
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  install(`type-checks under module resolution ${moduleResolution}`, async () => {
    write('d.ts', source)
    write(
      'e.cts',
      `import iridium = require('iridium-node')\nexport const n: iridium.IridiumNode = new iridium.IridiumNode()\n`,
    )
    const files = moduleResolution === 'bundler' ? ['d.ts'] : ['d.ts', 'e.cts']
    write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          module,
          moduleResolution,
          target: 'es2022',
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          types: ['node'],
          typeRoots: [join(root, 'node_modules/@types')],
        },
        files,
      }),
    )
    try {
      await inProject(process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', '.')
    } catch (error) {
      assert.unreachable((error as { stdout: string }).stdout)
    }
  })
}

install.run()
