/** A QEMU that does not start: the lab's fault, in QEMU's own words. */
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { endings } from './documents.ts'
import { useLab } from './lab.ts'
import { expectNothingLeft } from './leftovers.ts'
import { firstLook, onlyBug } from './plans.ts'

const lab = useLab('broken-qemu')
afterEach(() => expectNothingLeft(lab.state))

/** A PATH whose QEMU does this when it is to boot a machine, and is the real one for everything else. */
async function pathWhere(whenBooting: string): Promise<string> {
  const folder = join(lab.state, 'bin')
  await mkdir(folder, { recursive: true })
  const script = `#!/bin/sh
case " $* " in
  *" chardev=qmp,mode=control "*) ${whenBooting} ;;
esac
PATH=\${PATH#*:}
exec qemu-system-aarch64 "$@"
`
  await writeFile(join(folder, 'qemu-system-aarch64'), script)
  await chmod(join(folder, 'qemu-system-aarch64'), 0o755)
  return `${folder}:${process.env['PATH']}`
}

async function runWith(whenBooting: string) {
  const command = lab.startIn({ PATH: await pathWhere(whenBooting) }, 'run', firstLook, ...onlyBug)
  const { code } = await command.ended
  return { code, document: await lab.ended(await command.run()) }
}

it('refuses its machine: infra, once, with its words', async () => {
  const { code, document } = await runWith('echo "qemu-system-aarch64: no such thing" >&2; exit 1')
  expect(code).toBe(3)
  const [cell] = document.cells
  expect(endings(cell!)).toEqual(['infra'])
  expect(cell!.verdict).toMatchObject({
    verdict: 'infra',
    sentence:
      'The lab cannot boot this: QEMU ended before the target was powered on: qemu-system-aarch64: no such thing',
  })
})

it('finds the host short of memory: infra, tried again as often as the plan allows', async () => {
  const { code, document } = await runWith(`echo "cannot set up guest memory: Cannot allocate memory" >&2; exit 1`)
  expect(code).toBe(3)
  const [cell] = document.cells
  expect(endings(cell!)).toEqual(['infra', 'infra', 'infra', 'infra'])
  expect(cell!.verdict?.sentence).toMatch(/^The lab broke 4 times \(3 allowed\).*Cannot allocate memory$/)
})
