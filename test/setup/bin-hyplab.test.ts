import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const hyplab = fileURLToPath(new URL('../../bin/hyplab', import.meta.url))

test("hyplab runs from any folder, through symlinks, whatever the system's node is", () => {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab bin-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'opt'))
  symlinkSync(hyplab, join(folder, 'opt', 'hyplab'))
  symlinkSync('../opt/hyplab', join(folder, 'bin', 'hyplab'))
  writeFileSync(join(folder, 'bin', 'node'), '#!/bin/sh\necho an old node >&2\nexit 1\n', { mode: 0o755 })
  const ran = spawnSync('hyplab', ['--version'], {
    cwd: folder,
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
    encoding: 'utf8',
  })
  expect(ran).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
})
