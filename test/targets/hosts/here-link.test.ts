import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hereLink } from '../../../targets/hosts/here-link.ts'
import { awaitGone, identityOf } from '../../host/await-gone.ts'
import { testLink } from './link-contract.ts'

testLink(() => {
  const link = hereLink()
  onTestFinished(() => link.close())
  return link
})

test('what it started dies with this process, however that dies', async () => {
  const source = join(import.meta.dirname, '../../../targets/hosts/here-link.ts')
  const script = `
    import { hereLink } from ${JSON.stringify(source)}
    const link = hereLink()
    for (const terminal of [true, false]) {
      const { stream } = await link.start(['sh', '-c', 'echo $$; exec cat'], { terminal }, new AbortController().signal)
      stream.on('data', (text) => process.stdout.write(text))
    }
  `
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  while (said.split('\n').length < 3) said += String((await once(owner.stdout, 'data'))[0])
  const commands = said
    .trim()
    .split('\n')
    .map((pid) => identityOf(Number(pid)))
  expect(commands).toHaveLength(2)
  owner.kill('SIGKILL')
  for (const command of commands) await awaitGone(command, 5)
})
