// Fails unless CHANGELOG.md has a dated entry, with content, for the version of package.json.
import { readFileSync } from 'node:fs'

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const { version } = JSON.parse(read('package.json'))
const entry = read('CHANGELOG.md')
  .split(/^## /m)
  .find((section) => section.startsWith(`[${version}] - `))

if (!entry || !/^\[[^\]]+\] - \d{4}-\d{2}-\d{2}\n[\s\S]*^### .+\n+- /m.test(entry)) {
  process.stderr.write(
    `CHANGELOG.md has no entry "## [${version}] - YYYY-MM-DD" with a heading and an item.\n`,
  )
  process.exitCode = 1
}
