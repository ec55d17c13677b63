import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const fakeNpm = `#!/bin/sh
echo "$*" >> "$NPM_LOG"
rm -rf node_modules
mkdir -p node_modules/.bin
[ -z "$NPM_STOPS" ] || exit 130
printf '#!/bin/sh\\necho %s\\n' "\${NODE_VERSION:-v24.21.0}" > node_modules/.bin/node
chmod +x node_modules/.bin/node
`

/** A checkout that has only setup/node.sh, and an npm that notes how it is called. */
function checkout() {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-setup-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'setup'))
  cpSync(new URL('../../setup/node.sh', import.meta.url), join(folder, 'setup', 'node.sh'))
  writeFileSync(join(folder, 'package-lock.json'), '{"one": 1}')
  writeFileSync(join(folder, 'bin', 'npm'), fakeNpm, { mode: 0o755 })
  const log = join(folder, 'npm.log')
  const setUp = (env: Record<string, string> = {}) =>
    spawnSync('sh', [join(folder, 'setup', 'node.sh')], {
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, NPM_LOG: log, ...env },
      cwd: '/',
      encoding: 'utf8',
    })
  const calls = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0)
  return { folder, setUp, calls }
}

test('npm ci is run once, and again when package-lock.json changed', () => {
  const { folder, setUp, calls } = checkout()
  expect(setUp()).toMatchObject({ status: 0, stdout: '', stderr: expect.stringContaining('package-lock.json') })
  expect(setUp()).toMatchObject({ status: 0, stdout: '', stderr: '' })
  expect(calls()).toBe(1)
  writeFileSync(join(folder, 'package-lock.json'), '{"two": 2}')
  expect(setUp().status).toBe(0)
  expect(calls()).toBe(2)
})

test('an npm ci that was stopped half-way is not taken for a whole one', () => {
  const { folder, setUp, calls } = checkout()
  expect(setUp({ NPM_STOPS: 'yes' }).status).toBe(130)
  expect(existsSync(join(folder, 'node_modules'))).toBe(true)
  expect(setUp().status).toBe(0)
  expect(calls()).toBe(2)
})

test('a machine without npm is told what to install', () => {
  const { folder, setUp } = checkout()
  const bin = join(folder, 'bare')
  mkdirSync(bin)
  for (const tool of ['sh', 'dirname', 'cmp']) symlinkSync(join('/usr/bin', tool), join(bin, tool))
  expect(setUp({ PATH: bin })).toMatchObject({ status: 1, stderr: expect.stringContaining('apt-get install npm') })
})

test('an npm that runs no install scripts is noticed', () => {
  const { setUp } = checkout()
  expect(setUp({ NODE_VERSION: 'v20.1.0' })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('ignore-scripts'),
  })
})
