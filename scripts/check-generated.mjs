// Makes every generated file anew and fails if one differs from what is committed.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const GENERATED = ['types', 'docs', 'protocol.avsc', 'snapshot.avsc']
const cwd = fileURLToPath(new URL('..', import.meta.url))
const run = (command, ...args) => execFileSync(command, args, { cwd, encoding: 'utf8' })

run('npm', 'run', '--silent', 'build')
run('npm', 'run', '--silent', 'docs:generate')
const drift = run('git', 'status', '--porcelain', '--', ...GENERATED)
if (drift !== '') {
  process.stderr.write(`Generated files differ from what is committed:\n${drift}`)
  process.exitCode = 1
}
